import Foundation
import Observation

/// The form of one act on a ticket: what it asks for, what was entered, and whether that is enough.
@MainActor
@Observable
public final class ActForm: Troubled {
  /// A suspension, or more time.
  public enum Wish: Sendable, Hashable {
    /// The clocks are to stand until an instant.
    case suspension
    /// More time to rectify, in the unit of the limit.
    case moreTime
  }

  /// Why a ticket is void.
  public enum VoidChoice: Sendable, Hashable {
    /// It is no violation.
    case noViolation
    /// It is the same as another ticket.
    case duplicate
    /// It was made by mistake.
    case mistake
  }

  /// The phone that it is done on.
  public let phone: Phone
  /// The act.
  public let act: Act
  /// The ticket as it stood when the form was opened.
  public let detail: TicketDetail

  /// What its author says.
  public var words = ""
  /// Photos that go with it, imported.
  public private(set) var photos: [Hash] = []
  /// What is known of photos on this phone that are on no ticket yet, those of this form among them.
  public private(set) var taken: [Hash: ImportedPhoto] = [:]
  /// What a rectification came to; at first what its category usually does.
  public private(set) var outcome: Outcome
  /// Where the author stands.
  public var fix: Fix? { measured?.fix }
  /// Whether the fix is exact enough.
  public private(set) var isGateMet = true
  /// The reason, where one is chosen.
  public var reason: ReasonCode?
  /// The reasons, where several are.
  public var reasonsChosen: Set<ReasonCode> = []
  /// Why the accuracy gate is passed without meeting it.
  public var gateReason: ReasonCode?
  /// Whether the part of whoever cooperates is done.
  public var isDone = true
  /// Key of whoever is to lead, to be urged or to be carded.
  public var lead: String? {
    didSet { if let lead { cooperating.remove(lead) } }
  }
  /// Keys of who cooperates.
  public var cooperating: Set<String> = []
  /// What is asked for or granted.
  public var wish = Wish.suspension {
    // Each has reasons of its own.
    didSet { if wish != oldValue { reason = nil } }
  }
  /// Until when the clocks are to stand.
  public var until: Date
  /// How much more time, in the unit of the rectify limit.
  public var amount: UInt32
  /// The photo to be judged.
  public var photo: Hash?
  /// What is to be said of it.
  public var verdict: PhotoVerdict?
  /// Why it is void.
  public var voidChoice: VoidChoice?
  /// The ticket that it is the same as.
  public var original: TicketId?
  /// The new category.
  public var category: CategoryCode?
  /// The pin; where a place is asked for, that of the ticket until it is moved.
  public private(set) var pin: Position?
  /// The new grid, picked by hand.
  public private(set) var grid: GridCode?
  /// New words for the place.
  public var place = ""
  /// What is known of the place where the pin is now.
  public private(set) var surroundings: PlaceView?
  /// Metres around the pin in which borders and open tickets are shown.
  public var radius: UInt32 = 200

  /// Reasons to choose from, for every act.
  public private(set) var reasons: Reasons?
  /// Whom a dispatcher may choose.
  public private(set) var holders: [HolderRow] = []
  /// Categories to choose from.
  public private(set) var catalogue: CatalogueView?
  /// Other open tickets near by, the nearest first: one of them may be the same.
  public private(set) var nearby: [TicketRow] = []
  /// Whether it is being done.
  public private(set) var isWorking = false
  /// What went wrong.
  public internal(set) var trouble: Said?

  /// Metres around the ticket in which another one may be the same.
  public nonisolated static let sameWithin: UInt32 = 500

  @ObservationIgnored private let keeper: DraftKeeper
  /// A rectification in the middle, until it is done.
  @ObservationIgnored private var draft: DraftEdit?
  /// Whether the core has the draft, so that what is taken out again has to be kept too.
  @ObservationIgnored private var isKept = false
  private var measured: Measured?

  init(_ phone: Phone, act: Act, on detail: TicketDetail) {
    self.phone = phone
    self.act = act
    self.detail = detail
    keeper = DraftKeeper(phone.redvest)
    until = phone.now().addingTimeInterval(7 * 86_400)
    amount = detail.rectifyLimit?.clock.step ?? 1
    pin = detail.row.pin
    outcome = detail.usualOutcome ?? .rectified
    if act == .grant { grantAsAsked() }
  }

  /// A grant begins with what was asked for, where that can still be granted.
  private func grantAsAsked() {
    switch detail.wish {
    case .suspension(let asked):
      let asked = Date(asked)
      if asked > phone.now() { until = asked }
    case .extension(let asked):
      guard detail.rectifyLimit != nil else { return }
      wish = .moreTime
      amount = asked
    case nil:
      return
    }
  }

  /// Fetches what there is to choose from, and a rectification that was begun before.
  func begin() async {
    let (act, row) = (act, detail.row)
    let found = await consult { try await phone.redvest.ask { try Found(for: act, on: row, from: $0) } }
    guard let found else { return }
    (reasons, holders, catalogue, nearby) = (found.reasons, found.holders, found.catalogue, found.nearby)
    taken = found.taken
    // A dispatch says anew who cooperates: whoever does now goes on unless it is taken off.
    if act == .dispatch { cooperating = Set(holders.filter(\.cooperates).map(\.key)) }
    if act == .relocate { await look() }
    guard let begun = found.draft else { return }
    var edit = begun.edit
    edit.ticket = row.ticket
    draft = edit
    isKept = found.isBegun
    photos = edit.after
    words = edit.words ?? ""
    outcome = edit.outcome ?? outcome
    gateReason = edit.gateReason
    measured = edit.fix.map { Measured($0, kept: Date(begun.changed)) }
    await checkGate()
  }

  // MARK: Photos and place

  /// Takes a photo file into the form. When this returns the photo is safe; the file itself may go.
  public func add(photo file: URL) async {
    let imported = await attempt { try await phone.redvest.ask { try $0.importPhoto(path: file.path) } }
    guard let imported, !photos.contains(imported.hash) else { return }
    taken[imported.hash] = imported
    photos.append(imported.hash)
    await keep()
  }

  /// Takes a photo off the form and throws it away.
  public func remove(photo: Hash) async {
    photos.removeAll { $0 == photo }
    taken[photo] = nil
    await keep()
    _ = await attempt { try await phone.redvest.ask { try $0.discardPhoto(original: photo) } }
  }

  /// Says what the rectification came to.
  public func choose(_ outcome: Outcome) async {
    self.outcome = outcome
    await keep()
  }

  /// Says where the author stands. The fix follows whoever walks; of two that may be the same place the more exact counts.
  public func stand(at fix: Fix) async {
    let before = self.fix
    guard fix.tellsMore(than: before) else { return }
    measured = Measured(fix, kept: phone.now())
    await checkGate()
    // A fix comes every second: what moves it by less goes with the next step.
    if before.map({ $0.position.distance(to: fix.position) >= 10 }) ?? true { await keep() }
  }

  private func checkGate() async {
    let (pin, fix, category) = (detail.row.pin, fix, detail.row.category)
    let place = await consult {
      try await phone.redvest.ask { try $0.place(pin: pin, fix: fix, category: category, radiusM: 0) }
    }
    isGateMet = place?.gateMet ?? true
  }

  /// The fix with the age that it has by now, also when the form was begun in an earlier life of the app.
  var fixNow: Fix? { measured?.fix(at: phone.now()) }

  /// Metres from where the author stands to where the before photos were taken, as far as the ticket tells.
  public var distance: UInt32? {
    guard let pin = detail.row.pin, let here = fix?.position else { return nil }
    return pin.distance(to: here)
  }

  // MARK: The draft of a rectification

  /// Keeps what was entered, where it is a rectification: it is offered again after the death of the app. A form in which
  /// nothing was entered yet leaves nothing behind.
  public func keep() async {
    // What comes after the tap on the button would bring the draft back that the rectification takes away.
    guard var draft, !isWorking, isKept || isBegun else { return }
    draft.after = photos
    draft.words = words
    draft.outcome = outcome
    draft.gateReason = gateReason
    draft.fix = fixNow
    self.draft = draft
    isKept = true
    // That it is kept takes back nothing that was said of an act.
    _ = await consult { try await keeper.keep(draft) }
  }

  private var isBegun: Bool {
    !photos.isEmpty || (words as String?).nonEmpty != nil || outcome != usual || gateReason != nil
  }

  private var usual: Outcome { detail.usualOutcome ?? .rectified }

  /// The draft that a rectification came from.
  var draftId: EventId? { isKept ? draft?.id : nil }

  // MARK: Doing it

  /// Does it. Nothing when something is still needed, or when it was refused: then ``trouble`` says why.
  func submit() async -> Done? {
    guard needs.isEmpty, !isWorking else { return nil }
    isWorking = true
    defer { isWorking = false }
    await keeper.settle()
    guard let work = command() else { return nil }
    let done = await attempt { try await phone.redvest.ask(work) }
    if done != nil { draft = nil }
    return done
  }
}

extension ActForm: Placing {
  /// Moves the pin by hand.
  public func move(pin: Position) async {
    self.pin = pin
    await look()
  }

  /// Puts the pin where the author stands.
  public func followFix() async {
    guard let here = fix?.position else { return }
    await move(pin: here)
  }

  /// Picks a grid; nothing to leave it to the pin.
  public func pick(grid: GridCode?) async {
    self.grid = grid
  }

  /// Grids below one, or the roots; with a text, those that it finds.
  public func grids(below parent: GridCode? = nil, text: String = "") async -> [GridRow] {
    await consult { try await phone.grids(below: parent, text: text) } ?? []
  }

  /// Grids that this member used last.
  public func recentGrids() async -> [GridRow] {
    await consult { try await phone.redvest.ask { try $0.recentGrids() } } ?? []
  }

  private func look() async {
    let (pin, fix, category, radius) = (pin, fix, detail.row.category, radius)
    surroundings = await consult {
      try await phone.redvest.ask { try $0.place(pin: pin, fix: fix, category: category, radiusM: radius) }
    }
  }
}

/// What there is to choose from.
private struct Found: Sendable {
  let reasons: Reasons
  var holders: [HolderRow] = []
  var catalogue: CatalogueView?
  var nearby: [TicketRow] = []
  var taken: [Hash: ImportedPhoto] = [:]
  var draft: Draft?
  var isBegun = false

  init(for act: Act, on row: TicketRow, from device: Device) throws {
    reasons = try device.reasons()
    if act.asks(.holder) { holders = try device.holders(ticket: row.ticket) }
    if act.asks(.category) { catalogue = try device.catalogue(text: nil) }
    if act.asks(.voidReason), let pin = row.pin {
      nearby = try device.nearby(position: pin, radiusM: ActForm.sameWithin).filter { $0.ticket != row.ticket }
    }
    guard act == .rectify else { return }
    taken = Dictionary(try device.unboundPhotos().map { ($0.hash, $0) }) { first, _ in first }
    let begun = try device.drafts().first { $0.ticket == row.ticket }
    draft = try begun ?? device.newDraft()
    isBegun = begun != nil
  }
}
