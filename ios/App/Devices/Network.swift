import Foundation
import Network

/// Whether the network costs money.
@MainActor
final class Network {
  private let monitor = NWPathMonitor()

  /// Tells now and whenever it changes whether the network is Wi-Fi or otherwise free.
  func follow(_ tell: @escaping @MainActor (_ isOnWifi: Bool) -> Void) {
    monitor.pathUpdateHandler = { path in
      let isFree = !path.isExpensive && !path.isConstrained
      Task { @MainActor in tell(isFree) }
    }
    monitor.start(queue: DispatchQueue(label: "cn.redvest.network"))
  }

  deinit {
    monitor.cancel()
  }
}
