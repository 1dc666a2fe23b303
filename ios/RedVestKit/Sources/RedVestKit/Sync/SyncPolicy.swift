import Foundation

/// When a phone syncs, and with what, as plain arithmetic: the same on a phone and in a test.
public struct SyncPolicy: Sendable, Equatable {
  /// What the phone knows of itself.
  public struct Conditions: Sendable, Equatable {
    /// The app is on the screen.
    public var isForeground: Bool
    /// The user is on duty.
    public var isOnDuty: Bool
    /// Something was done or photographed that the hub does not have.
    public var hasWork: Bool
    /// What was done is urgent: a danger to people.
    public var isUrgent: Bool
    /// The network is Wi-Fi, or otherwise free.
    public var isOnWifi: Bool
    /// The user lets originals go over Wi-Fi alone.
    public var originalsOnWifiOnly: Bool
    /// When the last sync ended.
    public var lastSync: Date?
    /// When the last sync said to try again; nothing unless it failed.
    public var retryAt: Date?

    /// Conditions; by default those of a phone in a pocket, off duty, that has sent everything.
    public init(
      isForeground: Bool = false, isOnDuty: Bool = false, hasWork: Bool = false, isUrgent: Bool = false,
      isOnWifi: Bool = true, originalsOnWifiOnly: Bool = true, lastSync: Date? = nil, retryAt: Date? = nil
    ) {
      self.isForeground = isForeground
      self.isOnDuty = isOnDuty
      self.hasWork = hasWork
      self.isUrgent = isUrgent
      self.isOnWifi = isOnWifi
      self.originalsOnWifiOnly = originalsOnWifiOnly
      self.lastSync = lastSync
      self.retryAt = retryAt
    }
  }

  /// Time between syncs while the app is on the screen and its user on duty, in seconds.
  public static let onDuty: TimeInterval = 60
  /// Time between syncs otherwise; in the background the system decides, and this is the soonest.
  public static let otherwise: TimeInterval = 15 * 60
  /// Something waits and nothing keeps it: how long further acts may gather, in seconds.
  public static let gathering: TimeInterval = 5

  /// When the next sync is due; a moment that is past means at once.
  public static func next(_ phone: Conditions, now: Date) -> Date {
    // A hub that asked to be left alone is, whatever happens here.
    let earliest = phone.retryAt ?? .distantPast
    if phone.isUrgent { return max(now, earliest) }
    let rhythm = phone.isForeground && phone.isOnDuty ? onDuty : otherwise
    let regular = phone.lastSync?.addingTimeInterval(rhythm) ?? now
    let wanted = phone.hasWork ? min(regular, now.addingTimeInterval(gathering)) : regular
    return max(wanted, earliest)
  }

  /// Whether originals of photos may go now.
  public static func allowsOriginals(_ phone: Conditions) -> Bool {
    phone.isOnWifi || !phone.originalsOnWifiOnly
  }

  /// What the system is asked to run for the phone while it is in the background.
  public static func background(_ phone: Conditions, now: Date) -> [BackgroundWork] {
    var work = [BackgroundWork(kind: .refresh, earliest: next(phone, now: now))]
    if phone.hasWork {
      // Long uploads go when the system has time for them, which it has on Wi-Fi and at a charger.
      work.append(BackgroundWork(kind: .upload, earliest: max(now, phone.retryAt ?? now)))
    }
    return work
  }
}

/// Something that the system is asked to run while the app is in the background.
public struct BackgroundWork: Sendable, Equatable {
  /// What kind of run.
  public enum Kind: String, Sendable, CaseIterable {
    /// Half a minute to sync in.
    case refresh = "cn.redvest.refresh"
    /// Minutes to send photos in.
    case upload = "cn.redvest.upload"
  }

  /// What kind of run.
  public let kind: Kind
  /// Not before this.
  public let earliest: Date

  /// A run that is asked for.
  public init(kind: Kind, earliest: Date) {
    self.kind = kind
    self.earliest = earliest
  }
}

/// The system's side of background work; on iOS `BGTaskScheduler`.
public protocol BackgroundScheduling: Sendable {
  /// Asks for a run, in place of one of its kind that was asked for before.
  func submit(_ work: BackgroundWork) throws

  /// Keeps the app alive for the length of some work as far as the system allows it.
  func keepAlive(_ reason: String, while work: @escaping @Sendable () async -> Void) async
}
