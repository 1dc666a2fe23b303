import Foundation
import Observation

/// Reviewing: one ticket after the other, before and after side by side.
@MainActor
@Observable
public final class ReviewModel: Troubled {
  /// Two photos of the same place; one may be missing.
  public struct Pair: Sendable, Equatable {
    /// What was wrong.
    public let before: PhotoRow?
    /// What it looks like now.
    public let after: PhotoRow?
  }

  /// How both photos are looked at: together, so that the same spot is seen in both.
  public struct Zoom: Sendable, Equatable {
    /// How many times larger, 1 to 8.
    public var scale = 1.0
    /// How far the middle is moved, in parts of the photo's width and height.
    public var offset = (x: 0.0, y: 0.0)

    /// Enlarges or reduces, within its bounds.
    public mutating func scale(by factor: Double) {
      scale = min(8, max(1, scale * factor))
      move(by: (0, 0))
    }

    /// Moves; the photo's edge is never dragged past the frame's.
    public mutating func move(by step: (x: Double, y: Double)) {
      let most = (scale - 1) / 2
      offset = (min(most, max(-most, offset.x + step.x)), min(most, max(-most, offset.y + step.y)))
    }

    /// Equal in scale and offset.
    public static func == (left: Zoom, right: Zoom) -> Bool {
      left.scale == right.scale && left.offset == right.offset
    }
  }

  private let phone: Phone
  /// Tickets to be judged, what expires next first: among them the day's sample that the hub drew.
  public private(set) var queue: [TicketRow] = []
  /// The ticket that is looked at.
  public private(set) var current: TicketDetail?
  /// Which pair of its photos is.
  public private(set) var index = 0
  /// How it is looked at.
  public var zoom = Zoom()
  /// Reasons for sending back.
  public private(set) var reasons: [Reason] = []
  /// Those that are chosen.
  public var chosen: Set<ReasonCode> = []
  /// What the reviewer says.
  public var words = ""
  /// How many were judged since this screen was opened.
  public private(set) var judged = 0
  /// Whether a verdict is being written.
  public private(set) var isWorking = false
  /// What went wrong.
  public internal(set) var trouble: Said?
  /// Tickets that were put off: they come again when the rest is done.
  @ObservationIgnored private var putOff: [TicketId] = []

  /// Reviewing on a phone.
  public init(_ phone: Phone) {
    self.phone = phone
  }

  /// Asks the core what is to be judged; the ticket that is looked at stays unless it left the list.
  public func load() async {
    let found = await consult {
      try await phone.redvest.ask { (try $0.workList(work: .review, after: nil), try $0.reasons()) }
    }
    guard let found else { return }
    queue = found.0.rows
    reasons = found.1.sentBack
    if let ticket = current?.row.ticket, queue.contains(where: { $0.ticket == ticket }) {
      current = await detail(of: ticket) ?? current
    } else {
      await next()
    }
  }

  /// Loads now and whenever something changed, as long as the task lives.
  public func follow() async {
    await phone.follow { await load() }
  }

  /// Goes to the next ticket without a verdict.
  public func skip() async {
    if let ticket = current?.row.ticket { putOff.append(ticket) }
    await next()
  }

  private func next() async {
    (index, zoom, chosen, words) = (0, Zoom(), [], "")
    let left = queue.filter { !putOff.contains($0.ticket) }
    if left.isEmpty { putOff = [] }
    guard let row = left.first ?? queue.first else {
      current = nil
      return
    }
    current = await detail(of: row.ticket)
  }

  private func detail(of ticket: TicketId) async -> TicketDetail? {
    await consult { try await phone.redvest.ask { try $0.ticket(ticket: ticket) } }
  }

  // MARK: Photos

  /// The photos side by side: those of the round to be judged, in the order in which they were bound.
  public var pairs: [Pair] {
    guard let current else { return [] }
    let before = current.photos.filter { $0.shows == .before }
    let after = current.photos.filter { $0.shows == .after && $0.round == current.row.round }
    return (0..<max(before.count, after.count)).map { place in
      Pair(before: before.item(place) ?? before.last, after: after.item(place))
    }
  }

  /// The pair that is looked at.
  public var pair: Pair? { pairs.item(index) }

  /// Looks at another pair, with the whole photos first.
  public func look(at index: Int) {
    guard pairs.indices.contains(index) else { return }
    self.index = index
    zoom = Zoom()
  }

  /// How far from the reported place whoever put it right stood, as far as that is known.
  public var distance: Distance? {
    let rectification = current?.history.first { $0.event == current?.rectification }
    return rectification.flatMap { Distance(of: $0, in: phone.wording) }
  }

  // MARK: Verdict

  /// Whether this member may judge it now: nobody judges own work.
  public var canPass: Bool { current?.acts.contains(.pass) == true && !isWorking }
  /// Whether it can be sent back with what was chosen.
  public var canSendBack: Bool { current?.acts.contains(.sendBack) == true && !chosen.isEmpty && !isWorking }

  /// Passes it, and goes to the next.
  public func pass() async {
    guard canPass, let current else { return }
    await judge { [judge = judge(current), by = by] in try $0.pass(ticket: current.row.ticket, request: judge, by: by) }
  }

  /// Sends it back with the chosen reasons, and goes to the next.
  public func sendBack() async {
    guard canSendBack, let current else { return }
    let request = SendBack(judge: judge(current), reasons: chosen.sorted())
    await judge { [by] in try $0.sendBack(ticket: current.row.ticket, request: request, by: by) }
  }

  private var by: By { By.saying(words) }

  private func judge(_ current: TicketDetail) -> Judge {
    Judge(rectification: current.rectification, photos: [], fix: nil)
  }

  private func judge(_ verdict: @escaping @Sendable (Device) throws -> Done) async {
    isWorking = true
    let done = await attempt { try await phone.redvest.ask(verdict) }
    isWorking = false
    guard let done else { return }
    judged += 1
    queue.removeAll { $0.ticket == done.ticket }
    await next()
    phone.done()
  }

  /// `Judged: 4 · left: 11`.
  public var countLine: String {
    phone.wording.text(.judgedAndLeft, "\(judged)", "\(queue.count)")
  }
}

extension Array {
  /// The item at a place, if there is one.
  func item(_ place: Int) -> Element? {
    indices.contains(place) ? self[place] : nil
  }
}
