import SwiftUI
import UIKit

/// The camera; the photo library on a device that has none. A ghost of an earlier photo helps to stand where it was taken.
struct CameraView: UIViewControllerRepresentable {
  var ghost: String?
  /// The file of the photo, or nothing when the user closed the camera.
  let done: @MainActor (URL?) -> Void

  init(ghost: String? = nil, done: @escaping @MainActor (URL?) -> Void) {
    self.ghost = ghost
    self.done = done
  }

  func makeUIViewController(context: Context) -> UIImagePickerController {
    let picker = UIImagePickerController()
    picker.delegate = context.coordinator
    guard UIImagePickerController.isSourceTypeAvailable(.camera) else { return picker }
    picker.sourceType = .camera
    if let ghost, let image = UIImage(contentsOfFile: ghost) {
      let overlay = UIImageView(image: image)
      overlay.frame = picker.view.bounds
      overlay.autoresizingMask = [.flexibleWidth, .flexibleHeight]
      overlay.contentMode = .scaleAspectFit
      overlay.alpha = 0.3
      overlay.isUserInteractionEnabled = false
      picker.cameraOverlayView = overlay
    }
    return picker
  }

  func updateUIViewController(_ picker: UIImagePickerController, context: Context) {}

  func makeCoordinator() -> Coordinator { Coordinator(done) }

  /// Takes what the camera gives.
  @MainActor
  final class Coordinator: NSObject, UIImagePickerControllerDelegate, UINavigationControllerDelegate {
    private let done: @MainActor (URL?) -> Void

    init(_ done: @escaping @MainActor (URL?) -> Void) {
      self.done = done
    }

    func imagePickerController(
      _ picker: UIImagePickerController, didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
    ) {
      // The library gives the file as it is; the camera gives pixels.
      if let file = info[.imageURL] as? URL { return done(file) }
      let file = FileManager.default.temporaryDirectory.appending(path: "photo-\(UUID().uuidString).jpg")
      let bytes = (info[.originalImage] as? UIImage)?.jpegData(compressionQuality: 0.9)
      let isWritten = (try? bytes?.write(to: file)) != nil
      done(isWritten ? file : nil)
    }

    func imagePickerControllerDidCancel(_ picker: UIImagePickerController) {
      done(nil)
    }
  }
}
