import AVFoundation
import SwiftUI
import UIKit

/// Reads a QR code with the camera.
struct CodeScanner: UIViewControllerRepresentable {
  let found: @MainActor (String) -> Void

  func makeUIViewController(context: Context) -> ScannerController { ScannerController(found) }

  func updateUIViewController(_ controller: ScannerController, context: Context) {}
}

/// A camera preview that ends with the first code.
final class ScannerController: UIViewController, AVCaptureMetadataOutputObjectsDelegate {
  private let found: @MainActor (String) -> Void
  private let session = AVCaptureSession()
  private let queue = DispatchQueue(label: "cn.redvest.scanner")
  private var isDone = false

  init(_ found: @escaping @MainActor (String) -> Void) {
    self.found = found
    super.init(nibName: nil, bundle: nil)
  }

  @available(*, unavailable)
  required init?(coder: NSCoder) { nil }

  override func viewDidLoad() {
    super.viewDidLoad()
    let output = AVCaptureMetadataOutput()
    guard let camera = AVCaptureDevice.default(for: .video), let input = try? AVCaptureDeviceInput(device: camera),
      session.canAddInput(input), session.canAddOutput(output)
    else { return }
    session.addInput(input)
    session.addOutput(output)
    output.setMetadataObjectsDelegate(self, queue: .main)
    output.metadataObjectTypes = [.qr]
    let preview = AVCaptureVideoPreviewLayer(session: session)
    preview.frame = view.bounds
    preview.videoGravity = .resizeAspectFill
    view.layer.addSublayer(preview)
    queue.async { [session] in session.startRunning() }
  }

  override func viewWillDisappear(_ isAnimated: Bool) {
    super.viewWillDisappear(isAnimated)
    queue.async { [session] in session.stopRunning() }
  }

  nonisolated func metadataOutput(
    _ output: AVCaptureMetadataOutput, didOutput objects: [AVMetadataObject], from connection: AVCaptureConnection
  ) {
    guard let text = objects.lazy.compactMap({ ($0 as? AVMetadataMachineReadableCodeObject)?.stringValue }).first
    else { return }
    MainActor.assumeIsolated {
      guard !isDone else { return }
      isDone = true
      found(text)
    }
  }
}
