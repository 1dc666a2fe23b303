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
  /// What it still needs, in words.
  public var needs: [String] {
    let words = phone.wording
    var needs: [String] = []
    if act == .comment, (self.words as String?).nonEmpty == nil { needs.append(words.text(.needWords)) }
    if act == .rectify {
      let missing = Int(detail.photosAfter) - photos.count
      if outcome == .rectified, missing > 0 { needs.append(words.text(.needPhotosAfter, "\(missing)")) }
      if !isGateMet, gateReason == nil {
        needs.append(words.text(.needBetterFix, "\(detail.accuracyGateM ?? 0)"))
      }
    }
    if act == .addEvidence, photos.isEmpty { needs.append(words.text(.needPhotos, "1")) }
    if act.asks(.reason), act != .dispatch, reason == nil { needs.append(words.text(.needReason)) }
    if act == .sendBack, reasonsChosen.isEmpty { needs.append(words.text(.needReason)) }
    if act == .dispatch, lead == nil { needs.append(words.text(.needHolder)) }
    if act == .reviewPhoto, photo == nil { needs.append(words.text(.needPhotoToJudge)) }
    if act == .recategorise, category == nil { needs.append(words.text(.needCategory)) }
    if act == .relocate, pin == nil, grid == nil { needs.append(words.text(.needPlace)) }
    if act.asks(.wish) {
      if wish == .suspension, until <= phone.now() { needs.append(words.text(.needLaterDay)) }
      if wish == .moreTime, amount == 0 { needs.append(words.text(.needAmount)) }
    }
    return needs
  }

  /// The reasons to choose from for this act.
  public var choices: [Reason] {
    guard let reasons else { return [] }
    return switch act {
    case .return: reasons.returned
    case .reopen: reasons.reopened
    case .dispatch: reasons.dispatched
    case .sendBack: reasons.sentBack
    case .ask: wish == .suspension ? reasons.suspended : reasons.extended
    case .rectify: reasons.gate
    default: []
    }
  }

  /// Whether nothing is needed and nothing is being done.
  public var canSubmit: Bool { needs.isEmpty && !isWorking }

  private var grantWished: Grant {
    wish == .suspension ? .suspension(Timestamp(until)) : .extension(amount)
  }

  /// What is asked of the core; nothing where something needed is missing.
  func command() -> (@Sendable (Device) throws -> Done)? {
    let ticket = detail.row.ticket
    let by = By.saying(words)
    let (photos, fix, wished) = (photos, fix, grantWished)
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
      guard let photo else { return nil }
      let verdict = verdict
      return { try $0.reviewPhoto(ticket: ticket, photo: photo, verdict: verdict, by: by) }
    case .void:
      let reason = voidReason
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

extension Holder {
  /// The holder with a key such as `agency:cg`.
  public init?(key: String) {
    let parts = key.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "grid": self = .grid(parts[1])
    case "agency": self = .agency(parts[1])
    default: return nil
    }
  }
}

extension PhotoVerdict {
  /// Every verdict, in the order of a screen.
  public static let inOrder: [PhotoVerdict] = [.fine, .unclear, .otherPlace, .reused, .staged, .private]

  /// What it is called.
  public var phrase: Phrase {
    switch self {
    case .fine: .verdictFine
    case .unclear: .verdictUnclear
    case .otherPlace: .verdictOtherPlace
    case .reused: .verdictReused
    case .staged: .verdictStaged
    case .private: .verdictPrivate
    }
  }
}
