import Foundation
import Observation

/// The first screen: how much there is to do, what still waits to be sent, what came back.
@MainActor
@Observable
public final class HomeModel: Troubled {
  /// A list to open, with how much is on it.
  public struct Tile: Sendable, Equatable, Identifiable {
    /// The kind of work; nothing for what this member reported.
    public let work: Work?
    /// What it is called.
    public let title: String
    /// Tickets on it that are not ended.
    public let count: UInt64

    /// The kind of work.
    public var id: String { title }
  }

  private let phone: Phone
  /// What the core says of the first screen.
  public private(set) var home: Home?
  /// Own events that the hub refused.
  public private(set) var refused: [NewsRow] = []
  /// Own events that came too late.
  public private(set) var tooLate: [NewsRow] = []
  /// Drafts to go on with.
  public private(set) var drafts: [Draft] = []
  /// The tickets that drafts of rectifications are about, as far as they are on this phone.
  public private(set) var begun: [TicketId: TicketRow] = [:]
  /// Why the last sync ended, where no later one does better before somebody did something.
  public private(set) var barred: Said?
  /// What went wrong.
  public internal(set) var trouble: Said?

  /// The first screen of a phone.
  public init(_ phone: Phone) {
    self.phone = phone
  }

  /// Asks the core again.
  public func load() async {
    guard let found = await consult({ try await phone.redvest.ask { try Found($0) } }) else { return }
    (home, refused, tooLate, drafts) = (found.home, found.refused, found.tooLate, found.drafts)
    begun = found.begun
    barred = found.last.map { Said($0) }.flatMap { $0.needsSomebody ? $0 : nil }
  }

  /// Loads now and whenever something changed, as long as the task lives.
  public func follow() async {
    await phone.follow { await load() }
  }

  /// Whether the enrolment is to be shown instead.
  public var needsEnrolment: Bool { home.map { $0.workspace == nil } ?? false }

  /// `Photos waiting: 3 · Last sync 14:02`.
  public var waitingLine: String {
    guard let home else { return "" }
    let words = phone.wording
    let files = home.photos.reduce(0) { $0 + $1.files }
    let waiting =
      files > 0
      ? words.text(.photosWaiting, "\(files)")
      : home.eventsWaiting > 0 ? words.text(.eventsWaiting, "\(home.eventsWaiting)") : words.text(.allSent)
    let sync = home.lastSync.map { words.text(.lastSync, words.time($0, now: phone.now())) } ?? words.text(.neverSynced)
    return "\(waiting) · \(sync)"
  }

  /// What is due next: its category and what is left of its time.
  public var dueLine: String? {
    guard let next = home?.next, let due = next.due else { return nil }
    let words = phone.wording
    let category = words.language.pick(zh: next.categoryZh, en: next.categoryEn)
    return "\(category) · \(words.countdown(due, now: phone.now()))"
  }

  /// What to know before working: a phone that the hub no longer takes work from, an app that is too old, a clock that is
  /// wrong.
  public var warnings: [String] {
    guard let home else { return [] }
    let words = phone.wording
    return (barred.map { [$0.text(words.language)] } ?? [])
      + (home.needsUpdate ? [words.text(.needsUpdate)] : [])
      + (home.clockDoubtful ? [words.text(.clockDoubtful)] : [])
  }

  /// The lists with something on them; the own reports always.
  public var tiles: [Tile] {
    guard let home else { return [] }
    let words = phone.wording
    return ([nil] + Work.allOfThem.map(Optional.some)).compactMap { work in
      let open = home.tallies.filter { $0.work == work && $0.stage.isOpen }
      let count = open.reduce(0) { $0 + $1.tickets }
      guard count > 0 || work == nil else { return nil }
      return Tile(work: work, title: words.text(work?.phrase ?? .mineReported), count: count)
    }
  }

  /// What the row of a draft says: what was begun, on which ticket, and how long ago.
  public func title(of draft: Draft) -> String {
    let words = phone.wording
    let kind = words.text(draft.ticket == nil ? .draftReport : .draftRectify)
    let row = draft.ticket.flatMap { begun[$0] }
    let about = row.map { "\($0.number) \(words.language.pick(zh: $0.categoryZh, en: $0.categoryEn))" }
    return [kind, about, words.age(draft.changed, now: phone.now())].compactMap { $0 }.joined(separator: " · ")
  }

  /// The ticket of a draft, with the form open in which it goes on; nothing for a report.
  public func ticket(of draft: Draft) -> TicketModel? {
    draft.ticket.map { TicketModel(phone, ticket: $0, opening: .rectify) }
  }

  /// What an own event that came back says: why, and for one that came too late what came first.
  public func text(of news: NewsRow) -> String {
    let words = phone.wording
    guard let winner = news.winner else { return words.language.pick(zh: news.zh, en: news.en) }
    let kind = words.language.pick(zh: winner.kindZh, en: winner.kindEn)
    return words.text(.tooLateBy, kind, winner.name, words.time(winner.at, now: phone.now()))
  }

  /// Stops showing it; its photos may then go.
  public func dismiss(_ news: NewsRow) async {
    let event = news.event
    _ = await attempt { try await phone.redvest.ask { try $0.dismiss(event: event) } }
    await load()
  }

  /// Throws a draft away; its photos stay.
  public func discard(_ draft: Draft) async {
    let id = draft.id
    _ = await attempt { try await phone.redvest.ask { try $0.discardDraft(draft: id) } }
    await load()
  }

  /// Goes on duty, or off; on duty begins with a sync.
  public func setDuty(_ isOnDuty: Bool) {
    phone.settings.isOnDuty = isOnDuty
    if isOnDuty { phone.syncSoon() }
  }
}

/// What the core says for the first screen.
private struct Found: Sendable {
  let home: Home
  let drafts: [Draft]
  var refused: [NewsRow] = []
  var tooLate: [NewsRow] = []
  var begun: [TicketId: TicketRow] = [:]
  var last: Failure?

  init(_ device: Device) throws {
    home = try device.home()
    drafts = try device.drafts()
    guard try device.account() != nil else { return }
    (refused, tooLate) = (try device.refused(), try device.tooLate())
    last = try device.sessions().first?.result?.failure
    for ticket in Set(drafts.compactMap(\.ticket)) {
      // One that left this phone is told when it is opened.
      begun[ticket] = try? device.ticket(ticket: ticket).row
    }
  }
}

extension Said {
  /// Whether trying again cannot help before somebody at the office, or the user, did something.
  var needsSomebody: Bool { ["device_revoked", "device_lost", "member_inactive", "forked_chain"].contains(code) }
}

extension Work {
  /// Every kind of work, in the order of a screen.
  public static let allOfThem: [Work] = [.rectify, .assist, .dispatch, .review, .answer]

  /// What it is called.
  public var phrase: Phrase {
    switch self {
    case .rectify: .workRectify
    case .assist: .workAssist
    case .dispatch: .workDispatch
    case .review: .workReview
    case .answer: .workAnswer
    }
  }
}

extension Stage {
  /// Neither closed nor voided.
  public var isOpen: Bool { self != .closed && self != .voided }
}
