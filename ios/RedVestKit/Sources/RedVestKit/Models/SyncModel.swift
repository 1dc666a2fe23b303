import Foundation
import Observation

/// The sync screen: what waits, how it goes, what went wrong, the last syncs, and a file for whoever looks after the app.
@MainActor
@Observable
public final class SyncModel: Troubled {
  let phone: Phone
  /// What waits to be sent.
  public private(set) var queue: Queue?
  /// The last syncs, the newest first.
  public private(set) var sessions: [SessionRow] = []
  /// What went wrong.
  public internal(set) var trouble: Said?
  @ObservationIgnored private var meter = SpeedMeter()

  /// The sync screen of a phone.
  public init(_ phone: Phone) {
    self.phone = phone
  }

  /// Asks the core again.
  public func load() async {
    guard let found = await consult({ try await phone.redvest.ask { (try $0.queue(), try $0.sessions()) } }) else {
      return
    }
    (queue, sessions) = found
  }

  /// Loads now and whenever something changed, as long as the task lives.
  public func follow() async {
    await phone.follow { await load() }
  }

  /// Syncs now and waits for its end. What the network or the hub did is said in ``trouble``.
  public func syncNow() async {
    guard let summary = await attempt({ try await phone.sync() }) else { return }
    if let failure = summary.failure { trouble = Said(failure) }
    await load()
  }

  /// Ends the sync that is under way; nothing is lost.
  public func stop() async {
    await phone.runner.cancel()
  }

  /// Whether a sync is under way.
  public var isRunning: Bool { phone.syncing.isRunning }

  /// What the sync is at, and how fast it sends.
  public var progressLine: String? {
    guard phone.syncing.isRunning else { return nil }
    let words = phone.wording
    let phase = words.text(phone.syncing.progress?.phase.phrase ?? .phasePush)
    guard let speed = meter.speed(phone.syncing.bytes, at: phone.now()), speed > 0 else { return phase }
    return "\(phase) · \(words.text(.perSecond, words.size(speed)))"
  }

  /// What waits, one line a kind.
  public var queueLines: [String] {
    guard let queue else { return [] }
    let words = phone.wording
    var lines: [String] = []
    if queue.eventsWaiting > 0 { lines.append(words.text(.eventsWaiting, "\(queue.eventsWaiting)")) }
    for photos in queue.photos where photos.files > 0 {
      lines.append(words.text(photos.role.phrase, "\(photos.files)", words.size(photos.bytes)))
    }
    if queue.unboundPhotos > 0 { lines.append(words.text(.photosUnbound, "\(queue.unboundPhotos)")) }
    return lines.isEmpty ? [words.text(.allSent)] : lines
  }

  /// Files that failed: what, how often, and when it is tried again.
  public var postponedLines: [String] {
    let (words, now) = (phone.wording, phone.now())
    return (queue?.postponed ?? []).map { file in
      let size = words.size(file.bytes)
      return words.text(.postponed, size, "\(file.tries)", words.time(file.nextAt, now: now), file.code ?? "")
    }
  }

  /// What a session did.
  public func text(of session: SessionRow) -> String {
    let (words, now) = (phone.wording, phone.now())
    let started = words.time(session.started, now: now)
    guard let result = session.result else {
      return words.text(session.ended == nil ? .sessionBroken : .sessionUnknown, started)
    }
    if let failure = result.failure { return "\(started) · \(words.language.pick(zh: failure.zh, en: failure.en))" }
    return words.text(.sessionDone, started, "\(result.accepted)", "\(result.changed)", "\(result.sent)")
  }

  /// Writes what is needed to find a fault, without personal data, into a new file, and returns where it lies.
  public func diagnostic(into folder: URL = FileManager.default.temporaryDirectory) async -> URL? {
    let file = folder.appendingPathComponent("redvest-diagnostic-\(Timestamp(phone.now())).json")
    return await attempt {
      try await phone.redvest.ask { try $0.diagnostic().write(to: file, atomically: true, encoding: .utf8) }
      return file
    }
  }
}

/// Bytes a second, over the last seconds.
struct SpeedMeter {
  private var marks: [(at: Date, bytes: Int64)] = []

  /// Takes how many bytes were sent by now, and says how many a second; nothing before there is something to compare.
  mutating func speed(_ bytes: Int64, at now: Date) -> UInt64? {
    if let last = marks.last, bytes < last.bytes { marks = [] }
    marks.append((now, bytes))
    marks.removeAll { now.timeIntervalSince($0.at) > 5 }
    guard let first = marks.first, now.timeIntervalSince(first.at) >= 0.5 else { return nil }
    return UInt64(Double(bytes - first.bytes) / now.timeIntervalSince(first.at))
  }
}

extension RedVestCore.Phase {
  /// What it is called.
  public var phrase: Phrase {
    switch self {
    case .relay: .phaseRelay
    case .push: .phasePush
    case .pull: .phasePull
    case .repair: .phaseRepair
    case .names: .phaseNames
    case .upload: .phaseUpload
    case .download: .phaseDownload
    case .over: .phaseOver
    }
  }
}

extension BlobRole {
  /// What files of it are called that wait.
  public var phrase: Phrase {
    switch self {
    case .thumbnail: .thumbnailsWaiting
    case .review: .reviewCopiesWaiting
    case .original: .originalsWaiting
    }
  }
}
