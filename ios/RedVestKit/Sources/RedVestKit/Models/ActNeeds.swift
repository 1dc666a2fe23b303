import Foundation

/// What the form of an act asks for.
public enum ActField: Sendable, Hashable {
  /// Words; every form has them, here they are the act itself.
  case words
  /// Photos.
  case photos
  /// What a rectification came to, and where the author stands.
  case outcome
  /// One reason out of a list.
  case reason
  /// One or more reasons out of a list.
  case reasons
  /// Somebody to lead, to urge or to card.
  case holder
  /// Who cooperates.
  case cooperating
  /// Whether the part is done.
  case done
  /// A suspension or more time.
  case wish
  /// A photo, and what is to be said of it.
  case verdict
  /// Why it is void.
  case voidReason
  /// A category.
  case category
  /// A place.
  case place
}

extension Act {
  /// What its form asks for.
  public var fields: Set<ActField> {
    switch self {
    case .accept, .deny, .resumeClocks, .remind: []
    case .comment: [.words]
    case .return, .reopen: [.reason]
    case .rectify: [.outcome, .photos]
    case .contribute: [.photos, .done]
    case .addEvidence, .pass: [.photos]
    case .dispatch: [.holder, .cooperating, .reason]
    case .sendBack: [.reasons, .photos]
    case .reviewPhoto: [.verdict]
    case .void: [.voidReason]
    case .ask: [.wish, .reason]
    case .grant: [.wish]
    case .urge, .card: [.holder]
    case .recategorise: [.category]
    case .relocate: [.place]
    }
  }

  /// Whether its form asks for this.
  public func asks(_ field: ActField) -> Bool { fields.contains(field) }

  /// What it is called.
  public var phrase: Phrase {
    switch self {
    case .accept: .actAccept
    case .return: .actReturn
    case .rectify: .actRectify
    case .contribute: .actContribute
    case .dispatch: .actDispatch
    case .addEvidence: .actAddEvidence
    case .comment: .actComment
    case .pass: .actPass
    case .sendBack: .actSendBack
    case .reviewPhoto: .actReviewPhoto
    case .void: .actVoid
    case .reopen: .actReopen
    case .ask: .actAsk
    case .grant: .actGrant
    case .deny: .actDeny
    case .resumeClocks: .actResumeClocks
    case .remind: .actRemind
    case .urge: .actUrge
    case .card: .actCard
    case .recategorise: .actRecategorise
    case .relocate: .actRelocate
    }
  }
}

extension ActForm {
  /// What it still needs, in words: nothing is asked of the core before that is there.
  public var needs: [String] {
    let words = phone.wording
    var needs: [Phrase] = []
    if act == .comment, (self.words as String?).nonEmpty == nil { needs.append(.needWords) }
    let isReasonChosen = choices.contains { $0.code == reason }
    if act.asks(.reason), act != .dispatch, !isReasonChosen { needs.append(.needReason) }
    if act.asks(.reasons), reasonsChosen.isEmpty { needs.append(.needReason) }
    if act == .dispatch, lead == nil { needs.append(.needHolder) }
    if act == .urge || act == .card, lead == nil, detail.row.lead == nil { needs.append(.needWhom) }
    if act.asks(.verdict), photo == nil { needs.append(.needPhotoToJudge) }
    if act.asks(.verdict), verdict == nil { needs.append(.needVerdict) }
    if act.asks(.voidReason) { needs += voidNeeds }
    if act.asks(.category), category == nil { needs.append(.needCategory) }
    if act.asks(.place), pin == detail.row.pin, grid == nil { needs.append(.needPlace) }
    if act.asks(.wish) { needs += wishNeeds }
    let tooLong = [words.tooLong(self.words), words.tooLong(place)].compactMap { $0 }
    return photoNeeds + needs.map { words.text($0) } + tooLong
  }

  private var photoNeeds: [String] {
    let words = phone.wording
    var needs: [String] = []
    if act == .rectify {
      let missing = Int(detail.photosAfter) - photos.count
      if outcome == .rectified, missing > 0 { needs.append(words.text(.needPhotosAfter, "\(missing)")) }
      if !isGateMet, gateReason == nil { needs.append(words.text(.needBetterFix, "\(detail.accuracyGateM ?? 0)")) }
    }
    if act == .addEvidence, photos.isEmpty { needs.append(words.text(.needPhotos, "1")) }
    return needs
  }

  private var voidNeeds: [Phrase] {
    switch voidChoice {
    case nil: [.needReason]
    case .duplicate where nearby.isEmpty: [.noneNearby]
    case .duplicate where original == nil: [.needOriginal]
    default: []
    }
  }

  private var wishNeeds: [Phrase] {
    switch wish {
    case .suspension: until <= phone.now() ? [.needLaterDay] : []
    case .moreTime where detail.rectifyLimit == nil: [.nothingToExtend]
    case .moreTime: amount == 0 ? [.needAmount] : []
    }
  }

  /// Whether nothing is needed and nothing is being done.
  public var canSubmit: Bool { needs.isEmpty && !isWorking }

  private var grantWished: Grant {
    wish == .suspension ? .suspension(Timestamp(until)) : .extension(amount)
  }

  private var voidReason: VoidReason? {
    switch voidChoice {
    case .noViolation: .noViolation
    case .mistake: .mistake
    case .duplicate: original.map { .duplicate($0) }
    case nil: nil
    }
  }

  /// What is asked of the core; nothing where something needed is missing.
  func command() -> (@Sendable (Device) throws -> Done)? {
    let ticket = detail.row.ticket
    let by = By.saying(words)
    let (photos, fix, wished) = (photos, fixNow, grantWished)
    let (whom, reason) = (lead.flatMap(Holder.init(key:)), reason)
    let judge = Judge(rectification: detail.rectification, photos: photos, fix: fix)
    switch act {
    case .accept: return { try $0.accept(ticket: ticket, by: by) }
    case .comment: return { try $0.comment(ticket: ticket, by: by) }
    case .deny: return { try $0.deny(ticket: ticket, by: by) }
    case .resumeClocks: return { try $0.resumeClocks(ticket: ticket, by: by) }
    case .remind: return { try $0.remind(ticket: ticket, by: by) }
    case .urge: return { try $0.urge(ticket: ticket, whom: whom, by: by) }
    case .card: return { try $0.card(ticket: ticket, whom: whom, by: by) }
    case .pass: return { try $0.pass(ticket: ticket, request: judge, by: by) }
    case .grant: return { try $0.grant(ticket: ticket, grant: wished, by: by) }
    case .addEvidence: return { try $0.addEvidence(ticket: ticket, request: Evidence(photos: photos), by: by) }
    case .return:
      guard let reason else { return nil }
      return { try $0.returnTicket(ticket: ticket, reason: reason, by: by) }
    case .reopen:
      guard let reason else { return nil }
      return { try $0.reopen(ticket: ticket, reason: reason, by: by) }
    case .ask:
      guard let reason else { return nil }
      return { try $0.askTime(ticket: ticket, wish: wished, reason: reason, by: by) }
    case .contribute:
      let request = Contribute(done: isDone, photos: photos)
      return { try $0.contribute(ticket: ticket, request: request, by: by) }
    case .rectify:
      let request = Rectify(outcome: outcome, photos: photos, fix: fix, gateReason: gateReason, draft: draftId)
      return { try $0.rectify(ticket: ticket, request: request, by: by) }
    case .sendBack:
      let request = SendBack(judge: judge, reasons: reasonsChosen.sorted())
      return { try $0.sendBack(ticket: ticket, request: request, by: by) }
    case .dispatch:
      let others = cooperating.subtracting([lead].compactMap { $0 }).sorted().compactMap(Holder.init(key:))
      guard let whom else { return nil }
      let request = Dispatch(lead: whom, cooperating: others, reason: reason)
      return { try $0.dispatch(ticket: ticket, request: request, by: by) }
    case .reviewPhoto:
      guard let photo, let verdict else { return nil }
      return { try $0.reviewPhoto(ticket: ticket, photo: photo, verdict: verdict, by: by) }
    case .void:
      guard let reason = voidReason else { return nil }
      return { try $0.void(ticket: ticket, reason: reason, by: by) }
    case .recategorise:
      guard let category else { return nil }
      return { try $0.recategorise(ticket: ticket, category: category, by: by) }
    case .relocate:
      let request = Relocate(pin: pin, grid: grid, place: (place as String?).nonEmpty)
      return { try $0.relocate(ticket: ticket, request: request, by: by) }
    }
  }
}
