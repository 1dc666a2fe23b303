import Foundation

/// Syncs while the app is on the screen, asks the system for runs while it is not, and does them.
@MainActor
public final class BackgroundSync {
  private let phone: Phone
  private let scheduling: any BackgroundScheduling
  private let notices: (any NoticePosting)?
  private var isForeground = false
  private var isUrgent = false
  private var last: (ended: Date, retryAt: Date?)?
  private var beat: Task<Void, Never>?

  /// Background work of a phone. Notices are shown after each run, where there is a way to.
  public init(_ phone: Phone, scheduling: any BackgroundScheduling, notices: (any NoticePosting)? = nil) {
    self.phone = phone
    self.scheduling = scheduling
    self.notices = notices
    phone.sendUrgently = { [weak self] in await self?.sendUrgently() }
  }

  /// What the phone knows of itself now.
  public func conditions() async -> SyncPolicy.Conditions {
    let home = try? await phone.redvest.ask { try $0.home() }
    let hasWork = home.map { $0.eventsWaiting > 0 || $0.photos.contains { $0.files > 0 } } ?? false
    return SyncPolicy.Conditions(
      isForeground: isForeground, isOnDuty: phone.settings.isOnDuty, hasWork: hasWork, isUrgent: isUrgent,
      isOnWifi: phone.settings.isOnWifi, originalsOnWifiOnly: phone.settings.originalsOnWifiOnly,
      lastSync: last?.ended ?? home?.lastSync.map(Date.init), retryAt: last?.retryAt)
  }

  /// The app came to the screen: takes the files and syncs in its rhythm.
  public func enterForeground() async {
    isForeground = true
    try? await phone.redvest.enterForeground()
    beat?.cancel()
    beat = Task { [weak self] in
      while !Task.isCancelled, let wait = await self?.step() {
        try? await Task.sleep(for: .seconds(wait))
      }
    }
  }

  /// One beat of the rhythm: syncs if it is time, and says how many seconds to wait for the next.
  func step() async -> Double {
    let now = phone.now()
    if SyncPolicy.next(await conditions(), now: now) <= now { await sync() }
    let next = SyncPolicy.next(await conditions(), now: phone.now())
    return min(SyncPolicy.onDuty, max(1, next.timeIntervalSince(phone.now())))
  }

  /// Something urgent was done: it goes at once, in the background too.
  public func sendUrgently() async {
    isUrgent = true
    await scheduling.keepAlive("urgent") { [weak self] in await self?.sync() }
  }

  /// The app left the screen: asks for runs, finishes what is under way as far as the system lets it, and gives up the
  /// files.
  public func enterBackground() async {
    isForeground = false
    beat?.cancel()
    beat = nil
    for work in SyncPolicy.background(await conditions(), now: phone.now()) { try? scheduling.submit(work) }
    await scheduling.keepAlive("leaving") { [phone] in
      await phone.runner.finish()
      try? await phone.redvest.enterBackground()
    }
  }

  /// A run that the system gives: syncs, shows notices, asks for the next. False if it has to be tried again. Cancelling
  /// the task ends it; nothing is lost.
  @discardableResult
  public func run(_ kind: BackgroundWork.Kind) async -> Bool {
    let isDone = await sync()
    let conditions = await awakeConditions()
    if let next = SyncPolicy.background(conditions, now: phone.now()).first(where: { $0.kind == kind }) {
      try? scheduling.submit(next)
    }
    return isDone
  }

  private func awakeConditions() async -> SyncPolicy.Conditions {
    (try? await phone.redvest.whileAwake { await self.conditions() }) ?? SyncPolicy.Conditions()
  }

  @discardableResult
  private func sync() async -> Bool {
    let (phone, notices) = (phone, notices)
    let summary = try? await phone.redvest.whileAwake {
      let summary = try await phone.sync()
      if let notices { await NoticesModel(phone).post(through: notices) }
      return summary
    }
    last = (phone.now(), summary?.retryAt.map(Date.init))
    let isDone = summary.map { $0.failure == nil } ?? false
    if isDone { isUrgent = false }
    return isDone
  }
}
