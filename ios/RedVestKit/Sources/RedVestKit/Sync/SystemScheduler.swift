import Foundation

#if os(iOS)
  import BackgroundTasks
  import UserNotifications

  /// Background runs by `BGTaskScheduler`. The identifiers of ``BackgroundWork/Kind`` stand in the app's Info.plist under
  /// `BGTaskSchedulerPermittedIdentifiers`.
  public struct SystemScheduler: BackgroundScheduling {
    /// The system's.
    public init() {}

    /// Registers what does the runs; has to be called before the app has finished launching.
    @MainActor
    public static func register(_ sync: @escaping @MainActor () async -> BackgroundSync?) {
      for kind in BackgroundWork.Kind.allCases {
        BGTaskScheduler.shared.register(forTaskWithIdentifier: kind.rawValue, using: .main) { task in
          let task = SystemTask(task)
          let running = Task { @MainActor in
            let isDone = await sync()?.run(kind) ?? false
            task.end(isDone)
          }
          task.onExpiry { running.cancel() }
        }
      }
    }

    /// Asks for a run.
    public func submit(_ work: BackgroundWork) throws {
      let request: BGTaskRequest
      switch work.kind {
      case .refresh:
        request = BGAppRefreshTaskRequest(identifier: work.kind.rawValue)
      case .upload:
        let upload = BGProcessingTaskRequest(identifier: work.kind.rawValue)
        upload.requiresNetworkConnectivity = true
        request = upload
      }
      request.earliestBeginDate = work.earliest
      try BGTaskScheduler.shared.submit(request)
    }

    /// Keeps the app alive while some work runs; when the system's patience ends the work is cancelled.
    public func keepAlive(_ reason: String, while work: @escaping @Sendable () async -> Void) async {
      let running = Task { await work() }
      ProcessInfo.processInfo.performExpiringActivity(withReason: reason) { hasExpired in
        if hasExpired { return running.cancel() }
        // The activity lasts as long as this block does.
        let ended = DispatchSemaphore(value: 0)
        Task {
          await running.value
          ended.signal()
        }
        ended.wait()
      }
      await running.value
    }
  }

  /// A run of the system's, ended once. The system's own class may be used from any thread but does not say so.
  private final class SystemTask: @unchecked Sendable {
    private let lock = NSLock()
    private var task: BGTask?

    init(_ task: BGTask) {
      self.task = task
    }

    func onExpiry(_ work: @escaping @Sendable () -> Void) {
      lock.withLock { task?.expirationHandler = work }
    }

    func end(_ isDone: Bool) {
      let task = lock.withLock {
        defer { self.task = nil }
        return self.task
      }
      task?.setTaskCompleted(success: isDone)
    }
  }

  /// Notices in the system's own list.
  public struct SystemNotices: NoticePosting {
    /// The system's.
    public init() {}

    /// Asks the user once whether notices may be shown.
    public static func ask() async {
      _ = try? await UNUserNotificationCenter.current().requestAuthorization(options: [.alert, .sound, .badge])
    }

    /// Shows one.
    public func post(key: String, title: String, text: String, group: String, ticket: TicketId?) async throws {
      let content = UNMutableNotificationContent()
      content.title = title
      content.body = text
      content.threadIdentifier = group
      content.userInfo = ticket.map { ["ticket": $0] } ?? [:]
      let request = UNNotificationRequest(identifier: key, content: content, trigger: nil)
      try await UNUserNotificationCenter.current().add(request)
    }
  }
#endif
