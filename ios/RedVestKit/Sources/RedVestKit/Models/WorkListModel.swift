import Foundation
import Observation

/// A list of tickets: work by what expires next, own tickets, or what a search finds.
@MainActor
@Observable
public final class WorkListModel: Troubled {
  /// Which tickets.
  public enum Filter: Sendable, Hashable {
    /// What this member has to do; one kind of it, or everything.
    case work(Work?)
    /// What this member reported or did.
    case mine(Mine)
    /// What a text finds.
    case search(String)
    /// What is open around a position, within metres.
    case near(Position, UInt32)
  }

  private let phone: Phone
  /// Which tickets are shown.
  public private(set) var filter: Filter
  /// The rows so far.
  public private(set) var rows: [TicketRow] = []
  /// Whether there are more.
  public private(set) var hasMore = false
  /// Whether the rows are of ``filter``, or still of an earlier one.
  public private(set) var isLoading = false
  /// What went wrong.
  public internal(set) var trouble: Said?

  @ObservationIgnored private var next: Cursor?
  /// Which question the answer under way belongs to; older answers are thrown away.
  @ObservationIgnored private var question = 0

  /// A list on a phone.
  public init(_ phone: Phone, filter: Filter = .work(nil)) {
    self.phone = phone
    self.filter = filter
  }

  /// Shows other tickets.
  public func show(_ filter: Filter) async {
    self.filter = filter
    rows = []
    next = nil
    hasMore = false
    await load()
  }

  /// Asks again for as many rows as are shown.
  public func load() async {
    await fetch { [filter, count = rows.count] device in
      var all = try page(of: filter, after: nil, on: device)
      while all.rows.count < count, let next = all.next {
        let more = try page(of: filter, after: next, on: device)
        all = TicketPage(rows: all.rows + more.rows, next: more.next)
      }
      return all
    } into: {
      $0
    }
  }

  /// Takes the next page, if there is one.
  public func more() async {
    guard hasMore, !isLoading, let next else { return }
    let known = rows
    await fetch { [filter] device in
      try page(of: filter, after: next, on: device)
    } into: { page in
      let shown = Set(known.map(\.ticket))
      return TicketPage(rows: known + page.rows.filter { !shown.contains($0.ticket) }, next: page.next)
    }
  }

  private func fetch(
    _ ask: @escaping @Sendable (Device) throws -> TicketPage, into merge: (TicketPage) -> TicketPage
  ) async {
    question += 1
    let mine = question
    isLoading = true
    let found = await consult { try await phone.redvest.ask(ask) }
    guard mine == question else { return }
    isLoading = false
    guard let page = found.map(merge) else { return }
    rows = page.rows
    next = page.next
    hasMore = page.next != nil
  }

  /// Loads now and whenever something changed, as long as the task lives.
  public func follow() async {
    await phone.follow { await load() }
  }

  /// What a row says below its title: where it is, its clock, what is odd about it.
  public func detail(of row: TicketRow) -> String {
    let words = phone.wording
    var parts = [words.language.pick(zh: row.stageZh, en: row.stageEn)]
    if let grid = row.gridZh { parts.append(grid) }
    if let clock = clock(of: row) { parts.append(clock) }
    if row.pending > 0 { parts.append(words.text(row.probablyLate > 0 ? .probablyLate : .waitsToBeSent)) }
    return parts.joined(separator: " · ")
  }

  /// What is left of a ticket's time.
  public func clock(of row: TicketRow) -> String? {
    phone.clock(of: row)
  }
}

/// A page of the tickets that a filter names.
private func page(of filter: WorkListModel.Filter, after: Cursor?, on device: Device) throws -> TicketPage {
  switch filter {
  case .work(let work): try device.workList(work: work, after: after)
  case .mine(let which): try device.mine(which: which, after: after)
  case .search(let text): try device.search(text: text, after: after)
  case .near(let position, let metres):
    TicketPage(rows: try device.nearby(position: position, radiusM: metres), next: nil)
  }
}

extension Phone {
  /// What is left of a ticket's time, or why its clocks stand.
  func clock(of row: TicketRow) -> String? {
    if let until = row.suspendedUntil { return wording.text(.suspendedUntil, wording.time(until, now: now())) }
    if row.clockStartsWhenSent { return wording.text(.clockStartsWhenSent) }
    return row.due.map { wording.countdown($0, now: now()) }
  }
}
