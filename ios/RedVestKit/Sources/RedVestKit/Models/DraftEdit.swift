import Foundation

/// A draft that can be changed. The core's own records are values that never change.
public struct DraftEdit: Sendable, Equatable {
  /// The draft.
  public let id: EventId
  /// The ticket to put right; nothing for a report.
  public var ticket: TicketId?
  /// When it was begun.
  public let started: Timestamp
  /// What kind of violation.
  public var category: CategoryCode?
  /// Where it is.
  public var pin: Position?
  /// The author's own measured position.
  public var fix: Fix?
  /// The grid, if picked by hand.
  public var grid: GridCode?
  /// Words for the place.
  public var place: String?
  /// What the author says.
  public var words: String?
  /// Photos of the violation.
  public var before: [Hash]
  /// Photos that show it put right.
  public var after: [Hash]
  /// What it came to.
  public var outcome: Outcome?
  /// Why the accuracy gate is passed without meeting it.
  public var gateReason: ReasonCode?
  /// The earlier ticket that it repeats.
  public var recurs: TicketId?
  /// How it came to be.
  public var source: Source?

  /// What a draft says.
  public init(_ draft: Draft) {
    id = draft.id
    ticket = draft.ticket
    started = draft.started
    category = draft.category
    pin = draft.pin
    fix = draft.fix
    grid = draft.grid
    place = draft.place
    words = draft.words
    before = draft.before
    after = draft.after
    outcome = draft.outcome
    gateReason = draft.gateReason
    recurs = draft.recurs
    source = draft.source
  }

  /// The draft to be kept.
  public var draft: Draft {
    Draft(
      id: id, ticket: ticket, started: started, changed: started, category: category, pin: pin, fix: fix, grid: grid,
      place: place.nonEmpty, words: words.nonEmpty, before: before, after: after, outcome: outcome,
      gateReason: gateReason, recurs: recurs, source: source)
  }
}

extension Draft {
  /// The draft to be changed.
  var edit: DraftEdit { DraftEdit(self) }
}

extension String? {
  /// The text, unless it says nothing.
  var nonEmpty: String? {
    guard let text = self, !text.allSatisfy(\.isWhitespace) else { return nil }
    return text
  }
}

extension String {
  /// Most bytes of a text of an event, by the law of a ticket.
  static let mostBytes = 16 << 10

  /// By how many bytes it is longer than an event can carry; nothing if it is not.
  var bytesTooMany: Int? { utf8.count > String.mostBytes ? utf8.count - String.mostBytes : nil }
}

extension Wording {
  /// That a text is too long, and by how much.
  func tooLong(_ said: String) -> String? { said.bytesTooMany.map { text(.needShorterText, "\($0)") } }
}

/// Keeps a draft after every step, in the order of the steps.
@MainActor
final class DraftKeeper {
  private let redvest: RedVest
  private var last: Task<Void, any Error>?

  init(_ redvest: RedVest) {
    self.redvest = redvest
  }

  /// Waits until what was to be kept is.
  func settle() async {
    _ = await last?.result
  }

  /// Keeps it; when this returns it survives the death of the app.
  func keep(_ edit: DraftEdit) async throws {
    let (before, draft) = (last, edit.draft)
    let saving = Task { [redvest] in
      // What an earlier step could not keep is in this one too.
      _ = await before?.result
      try await redvest.ask { try $0.saveDraft(draft: draft) }
    }
    last = saving
    try await saving.value
  }
}
