import Foundation

extension ActForm {
  /// What time may be wished for: more of it only where there is a limit that it could be added to.
  public var wishes: [Wish] { detail.rectifyLimit == nil ? [.suspension] : [.suspension, .moreTime] }

  /// By how much the amount goes up and down.
  public var amountStep: UInt32 { detail.rectifyLimit?.clock.step ?? 1 }

  /// How much more time, with its unit.
  public var amountLine: String? {
    detail.rectifyLimit.map { phone.wording.text($0.clock.amountPhrase, "\(amount)") }
  }

  /// What the open request says, for whoever answers it.
  public var askedLine: String? {
    guard act == .grant || act == .deny, let asked = detail.history.first(where: { $0.event == detail.ask }) else {
      return nil
    }
    let about = phone.wording.language.pick(zh: asked.aboutZh, en: asked.aboutEn)
    return [asked.author, about, asked.words].compactMap { $0 }.joined(separator: " · ")
  }

  /// The reasons to choose from for this act, and for what is wished.
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

  /// Who may be chosen to lead; for an urge or a card, of those on the ticket if there are any.
  public var leads: [HolderRow] {
    let onIt = holders.filter { $0.leads || $0.cooperates }
    return act == .dispatch || onIt.isEmpty ? holders : onIt
  }

  /// Who may cooperate: anybody but the lead.
  public var others: [HolderRow] { holders.filter { $0.key != lead } }

  /// Other open tickets near by, each with category, distance and age.
  public var nearbyLines: [(ticket: TicketRow, text: String)] {
    nearby.map { ($0, "\($0.number) · \(phone.nearbyLine($0))") }
  }

  /// Photos to be judged, each with what it shows.
  public var photoLines: [(photo: PhotoRow, text: String)] {
    detail.photos.enumerated().map { ($1, "\($0 + 1) · \(phone.wording.text($1.shows.phrase))") }
  }

  /// How far the author stands from the reported place, with the doubt that a reviewer will see.
  public var distanceLine: String? {
    distance.map { phone.wording.text($0 > Distance.doubtful ? .stoodTooFar : .stood, phone.wording.distance($0)) }
  }
}

extension RedVestCore.Clock {
  /// What an amount on it is called.
  var amountPhrase: Phrase {
    switch self {
    case .urgentHours: .amountMinutes
    case .workingHours: .amountWorkingMinutes
    case .workingDays: .amountWorkingDays
    case .naturalDays: .amountDays
    }
  }

  /// The smallest amount on it that is worth asking for: half an hour, or a day.
  var step: UInt32 {
    switch self {
    case .urgentHours, .workingHours: 30
    case .workingDays, .naturalDays: 1
    }
  }
}

extension Shows {
  /// What a photo that shows it is called.
  public var phrase: Phrase {
    switch self {
    case .before: .photosBefore
    case .after: .photosAfter
    case .evidence: .photosEvidence
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
