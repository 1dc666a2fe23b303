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

  let phone: Phone
  @ObservationIgnored private let keeper: DraftKeeper
  /// The act.
  public let act: Act
  /// The ticket as it stood when the form was opened.
  public let detail: TicketDetail

  /// What its author says.
  public var words = ""
  /// Photos that go with it, imported.
  public private(set) var photos: [Hash] = []
  /// What a rectification came to.
  public private(set) var outcome = Outcome.rectified
  /// Where the author stands.
  public private(set) var fix: Fix?
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
  public var lead: String?
  /// Keys of who cooperates.
  public var cooperating: Set<String> = []
  /// What is asked for or granted.
  public var wish = Wish.suspension
  /// Until when the clocks are to stand.
  public var until: Date
  /// How much more time, in the unit of the rectify limit.
  public var amount: UInt32 = 1
  /// The photo to be judged.
  public var photo: Hash?
  /// What is to be said of it.
  public var verdict = PhotoVerdict.fine
  /// Why it is void.
  public var voidReason = VoidReason.noViolation
  /// The new category.
  public var category: CategoryCode?
  /// The new pin.
  public var pin: Position?
  /// The new grid.
  public var grid: GridCode?
  /// New words for the place.
  public var place = ""

  /// Reasons to choose from, for every act.
  public private(set) var reasons: Reasons?
  /// Whom a dispatcher may choose.
  public private(set) var holders: [HolderRow] = []
  /// Categories to choose from.
  public private(set) var catalogue: CatalogueView?
  /// Whether it is being done.
  public private(set) var isWorking = false
  /// What went wrong.
  public internal(set) var trouble: Said?

  @ObservationIgnored private var draft: DraftEdit?

  init(_ phone: Phone, act: Act, on detail: TicketDetail) {
    self.phone = phone
    self.act = act
    self.detail = detail
    keeper = DraftKeeper(phone.redvest)
    until = phone.now().addingTimeInterval(7 * 86_400)
    pin = detail.row.pin
  }

  /// Fetches what there is to choose from, and a rectification that was begun before.
  func begin() async {
    let (act, ticket) = (act, detail.row.ticket)
    let found = await consult {
      try await phone.redvest.ask { device in
        var draft = try act == .rectify ? (begun(ticket, on: device) ?? device.newDraft()).edit : nil
        draft?.ticket = ticket
        let holders = try act.asks(.holder) ? device.holders(ticket: ticket) : []
        return (try device.reasons(), holders, try act.asks(.category) ? device.catalogue(text: nil) : nil, draft)
      }
    }
    guard let found else { return }
    (reasons, holders, catalogue) = (found.0, found.1, found.2)
    guard let begun = found.3 else { return }
    draft = begun
    photos = begun.after
    words = begun.words ?? ""
    outcome = begun.outcome ?? .rectified
    gateReason = begun.gateReason
    if let fix = begun.fix { await stand(at: fix) }
  }

  /// Keeps what was entered, where it is a rectification.
  public func keep() async {
    guard var draft, !isWorking else { return }
    draft.after = photos
    draft.words = words
    draft.outcome = outcome
    draft.gateReason = gateReason
    draft.fix = fix
    self.draft = draft
    _ = await attempt { try await keeper.keep(draft) }
  }

  /// Takes a photo file into the form. When this returns the photo is safe; the file itself may go.
  public func add(photo file: URL) async {
    let imported = await attempt { try await phone.redvest.ask { try $0.importPhoto(path: file.path) } }
    guard let imported, !photos.contains(imported.hash) else { return }
    photos.append(imported.hash)
    await keep()
  }

  /// Takes a photo off the form and throws it away.
  public func remove(photo: Hash) async {
    photos.removeAll { $0 == photo }
    await keep()
    _ = await attempt { try await phone.redvest.ask { try $0.discardPhoto(original: photo) } }
  }

  /// Says what the rectification came to.
  public func choose(_ outcome: Outcome) async {
    self.outcome = outcome
    await keep()
  }

  /// Says where the author stands; the more exact fix counts.
  public func stand(at fix: Fix) async {
    if let known = self.fix?.accuracyCm, (fix.accuracyCm ?? .max) > known { return }
    self.fix = fix
    let (pin, category) = (detail.row.pin, detail.row.category)
    let place = await consult {
      try await phone.redvest.ask { try $0.place(pin: pin, fix: fix, category: category, radiusM: 0) }
    }
    isGateMet = place?.gateMet ?? true
    await keep()
  }

  /// Metres from where the author stands to where the before photos were taken, as far as the ticket tells.
  public var distance: UInt32? {
    guard let pin = detail.row.pin, let here = fix?.position else { return nil }
    return pin.distance(to: here)
  }

  /// Does it. Nothing when something is still needed, or when it was refused: then ``trouble`` says why.
  func submit() async -> Done? {
    guard needs.isEmpty, !isWorking else { return nil }
    isWorking = true
    defer { isWorking = false }
    await keeper.settle()
    guard let work = command() else { return nil }
    return await attempt { try await phone.redvest.ask(work) }
  }

  /// The draft that a rectification came from.
  var draftId: EventId? { draft?.id }
}

/// The rectification of a ticket that was begun before.
private func begun(_ ticket: TicketId, on device: Device) throws -> Draft? {
  try device.drafts().first { $0.ticket == ticket }
}
