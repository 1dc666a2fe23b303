import RedVestKit
import SwiftUI
import UserNotifications

/// The app: opens the data, puts the screens around it, and does the system's background runs.
@main
struct RedVestApp: App {
  @UIApplicationDelegateAdaptor(Launch.self) private var launch
  @Environment(\.scenePhase) private var scenePhase

  var body: some Scene {
    WindowGroup {
      Root(opening: launch.opening)
        .onOpenURL { launch.opening.link = $0 }
    }
    .onChange(of: scenePhase) { _, phase in
      launch.opening.changed(to: phase)
    }
  }
}

/// What has to be done before the app has finished launching.
final class Launch: NSObject, UIApplicationDelegate, UNUserNotificationCenterDelegate {
  let opening = Opening()

  func application(
    _ application: UIApplication, didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]? = nil
  ) -> Bool {
    let opening = opening
    SystemScheduler.register { await opening.background() }
    UNUserNotificationCenter.current().delegate = self
    opening.begin()
    return true
  }

  func application(
    _ application: UIApplication, handleEventsForBackgroundURLSession identifier: String,
    completionHandler: @escaping @Sendable () -> Void
  ) {
    opening.uploads.whenToldAll { Task { @MainActor in completionHandler() } }
  }

  func userNotificationCenter(
    _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse
  ) async {
    let ticket = response.notification.request.content.userInfo["ticket"] as? String
    await MainActor.run { opening.ticket = ticket }
  }
}

/// The data being opened, and what is known once it is.
@MainActor
@Observable
final class Opening {
  private(set) var phone: Phone?
  private(set) var trouble: Said?
  /// A link that was opened before the screens were there.
  var link: URL?
  /// A ticket whose notice was tapped.
  var ticket: TicketId?
  /// The same in every life of the app, so that uploads of an earlier one are found again.
  let uploads = BackgroundTransport()
  private var sync: BackgroundSync?
  private let network = Network()

  /// Opens the data; after an error it may be tried again.
  func begin() {
    guard phone == nil else { return }
    Task {
      do {
        let folder = URL.applicationSupportDirectory.appending(path: "redvest")
        let vault = try platformVault(besides: folder)
        let redvest = try await RedVest.open(folder: folder, vault: vault)
        let phone = Phone(redvest, over: PhoneTransport(files: uploads))
        network.follow { phone.settings.isOnWifi = $0 }
        sync = BackgroundSync(phone, scheduling: SystemScheduler(), notices: SystemNotices())
        (self.phone, trouble) = (phone, nil)
        await sync?.enterForeground()
      } catch {
        trouble = Said(error)
      }
    }
  }

  /// Background work, once the data is open: the system may wake the app for it alone.
  func background() async -> BackgroundSync? {
    begin()
    while sync == nil, trouble == nil { try? await Task.sleep(for: .milliseconds(50)) }
    return sync
  }

  func changed(to phase: ScenePhase) {
    switch phase {
    case .active: Task { await sync?.enterForeground() }
    case .background: Task { await sync?.enterBackground() }
    default: break
    }
  }
}
