import Foundation
import Observation

/// A report in three taps: photo, category, save. Meanwhile the position settles. Every step is kept, so that a killed app
/// offers the draft again.
@MainActor
@Observable
public final class ReportModel: Troubled {
  /// The phone that it is done on.
  public let phone: Phone
  @ObservationIgnored private let keeper: DraftKeeper
  /// Whether somebody moved the pin: a better fix then no longer moves it.
  @ObservationIgnored private var isPinByHand = false
  @ObservationIgnored private var measured: Measured?

  /// What is to be reported; nothing before ``begin(_:)``.
  public private(set) var edit: DraftEdit?
  /// Photos on this phone that are on no ticket yet, those of the draft among them.
  public private(set) var photos: [Hash: ImportedPhoto] = [:]
  /// The categories, all or those that ``find(_:)`` found.
  public private(set) var catalogue: CatalogueView?
  /// The chosen category.
  public private(set) var category: CategoryRow?
  /// What is known of the place.
  public private(set) var place: PlaceView?
  /// Reasons to choose from.
  public private(set) var reasons: Reasons?
  /// The report, once it is saved: it is durable, whatever the network does.
  public private(set) var saved: Done?
  /// Whether saving is under way.
  public private(set) var isSaving = false
  /// What went wrong.
  public internal(set) var trouble: Said?
  /// Metres around the pin in which borders and open tickets are shown.
  public var radius: UInt32 = 200

  /// A report on a phone.
  public init(_ phone: Phone) {
    self.phone = phone
    keeper = DraftKeeper(phone.redvest)
  }

  /// Begins a report, or goes on with a draft.
  public func begin(_ draft: Draft? = nil) async {
    let found = await consult {
      try await phone.redvest.ask { device in
        (
          try draft ?? device.newDraft(), try device.catalogue(text: nil), try device.reasons(),
          try device.unboundPhotos()
        )
      }
    }
    guard let found else { return }
    edit = DraftEdit(found.0)
    catalogue = found.1
    reasons = found.2
    photos = Dictionary(found.3.map { ($0.hash, $0) }) { first, _ in first }
    category = found.1.category(found.0.category)
    isPinByHand = found.0.pin != found.0.fix?.position
    measured = found.0.fix.map { Measured($0, kept: Date(found.0.changed)) }
    await look()
  }

  // MARK: Photos

  /// Takes a photo file into the report. When this returns the photo is safe; the file itself may go.
  public func add(photo file: URL, shows: Shows = .before) async {
    let imported = await attempt { try await phone.redvest.ask { try $0.importPhoto(path: file.path) } }
    guard let imported else { return }
    photos[imported.hash] = imported
    await change { edit in
      if shows == .after {
        if !edit.after.contains(imported.hash) { edit.after.append(imported.hash) }
      } else if !edit.before.contains(imported.hash) {
        edit.before.append(imported.hash)
      }
    }
    // A camera that knows where it stood helps where the phone does not.
    if edit?.fix == nil, let position = imported.position {
      await settle(Fix(position: position, accuracyCm: nil, source: .exif, ageMs: 0, mock: false))
    }
  }

  /// Takes a photo off the report and throws it away.
  public func remove(photo: Hash) async {
    await change { edit in
      edit.before.removeAll { $0 == photo }
      edit.after.removeAll { $0 == photo }
    }
    photos[photo] = nil
    _ = await attempt { try await phone.redvest.ask { try $0.discardPhoto(original: photo) } }
  }

  // MARK: Category

  /// Categories that a text of two characters or pinyin initials finds; all for an empty one.
  public func find(_ text: String) async {
    let text = (text as String?).nonEmpty
    if let found = await consult({ try await phone.redvest.ask { try $0.catalogue(text: text) } }) { catalogue = found }
  }

  /// Chooses a category.
  public func choose(_ category: CategoryRow) async {
    self.category = category
    await change { $0.category = category.code }
    await look()
  }

  // MARK: Place

  /// Takes a fix of the phone's. The most exact one counts, since its author may walk on from what is reported; the pin
  /// follows it until somebody moves it.
  public func settle(_ fix: Fix) async {
    guard let edit, !isSaving, isBetter(fix, than: edit.fix) else { return }
    measured = Measured(fix, kept: phone.now())
    await change { edit in
      edit.fix = fix
      if !self.isPinByHand { edit.pin = fix.position }
    }
    await look()
  }

  private func isBetter(_ fix: Fix, than known: Fix?) -> Bool {
    guard let known else { return true }
    guard known.source != .exif else { return fix.source != .exif }
    return (fix.accuracyCm ?? .max) < (known.accuracyCm ?? .max) || (known.accuracyCm == nil && fix.accuracyCm == nil)
  }

  /// Moves the pin by hand.
  public func move(pin: Position) async {
    isPinByHand = true
    await change { $0.pin = pin }
    await look()
  }

  /// Puts the pin back where the phone is.
  public func followFix() async {
    isPinByHand = false
    await change { $0.pin = $0.fix?.position }
    await look()
  }

  /// Picks a grid, where no border is known or nothing was measured; nothing to leave it to the pin.
  public func pick(grid: GridCode?) async {
    await change { $0.grid = grid }
  }

  /// Asks what is known of the place now.
  public func look() async {
    guard let edit else { return }
    let radius = radius
    place = await consult {
      try await phone.redvest.ask {
        try $0.place(pin: edit.pin, fix: edit.fix, category: edit.category, radiusM: radius)
      }
    }
  }

  // MARK: Words and the rest

  /// Changes anything of the report and keeps it.
  public func change(_ change: (inout DraftEdit) -> Void) async {
    // What comes after the tap on the button would bring the draft back that the report takes away.
    guard var edit, !isSaving else { return }
    change(&edit)
    guard edit != self.edit || trouble != nil else { return }
    edit.fix = fixNow
    self.edit = edit
    _ = await attempt { try await keeper.keep(edit) }
  }

  /// The fix with the age that it has by now, also when the report was begun in an earlier life of the app.
  var fixNow: Fix? { measured?.fix(at: phone.now()) }

  /// Says that this repeats a ticket near by; nothing to take it back.
  public func repeats(_ ticket: TicketId?) async {
    await change { $0.recurs = ticket }
  }

  /// Says that it was put right on the spot, or that somebody was persuaded; nothing to take it back.
  public func onTheSpot(_ outcome: Outcome?) async {
    await change { $0.outcome = outcome }
  }

  /// Reports. When this succeeds the report is durable; an urgent one is sent at once.
  public func save() async {
    guard let edit, needs.isEmpty, let code = edit.category, !isSaving else { return }
    isSaving = true
    defer { isSaving = false }
    await keeper.settle()
    let report = report(edit, category: code)
    let by = By(acting: nil, words: edit.draft.words)
    saved = await attempt { try await phone.redvest.ask { try $0.report(request: report, by: by) } }
    guard saved != nil else { return }
    self.edit = nil
    phone.done(isUrgent: category?.urgent == true)
  }

  private func report(_ edit: DraftEdit, category: CategoryCode) -> Report {
    let spot = edit.outcome.map { OnTheSpot(outcome: $0, photos: edit.after, words: nil) }
    // A position measured is not a place: without a pin the fix says where the reporter stood.
    return Report(
      category: category, pin: edit.pin, fix: fixNow, grid: edit.grid, photos: edit.before,
      source: edit.source ?? .patrol, recurs: edit.recurs, gateReason: edit.gateReason, place: edit.draft.place,
      onTheSpot: spot, draft: edit.id)
  }

  /// Throws the draft and its photos away.
  public func discard() async {
    guard let edit else { return }
    let photos = edit.before + edit.after
    let done: Void? = await attempt {
      try await phone.redvest.ask { device in
        try device.discardDraft(draft: edit.id)
        for photo in photos { try device.discardPhoto(original: photo) }
      }
    }
    if done != nil { self.edit = nil }
  }
}

extension CatalogueView {
  /// The category with this code.
  public func category(_ code: CategoryCode?) -> CategoryRow? {
    (recent + groups.flatMap(\.categories)).first { $0.code == code }
  }
}
