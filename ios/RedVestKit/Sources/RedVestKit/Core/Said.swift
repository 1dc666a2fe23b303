import Foundation

/// A sentence for people in both languages, with a stable code for programs.
public struct Said: Sendable, Equatable {
  /// The stable code, in snake_case.
  public var code: String
  /// The sentence in Chinese.
  public var zh: String
  /// The sentence in English.
  public var en: String
  /// Whether the same may succeed later without anybody doing anything.
  public var retry: Bool
  /// Whether it was said when something was merely to be shown.
  var isOfLooking = false

  /// A sentence.
  public init(code: String, zh: String, en: String, retry: Bool = false) {
    self.code = code
    self.zh = zh
    self.en = en
    self.retry = retry
  }

  /// What an error says. Errors that are neither the core's nor the network's are said in general words, since their own
  /// are written for programmers.
  public init(_ error: any Error) {
    switch error {
    case let error as RedVestError:
      self = error.said
    case let error as NoReply:
      self = error.said
    default:
      self.init(
        code: "internal", zh: Phrase.unexpected.text(.zhHans), en: Phrase.unexpected.text(.en), retry: true)
    }
  }

  /// The sentence in one language.
  public func text(_ language: Language) -> String {
    language.pick(zh: zh, en: en)
  }
}

extension RedVestError {
  /// Code and sentences, whatever the kind.
  public var said: Said {
    switch self {
    case .Law(let code, let zh, let en, let retry),
      .Missing(let code, let zh, let en, let retry),
      .Input(let code, let zh, let en, let retry),
      .Enrolment(let code, let zh, let en, let retry),
      .Hub(let code, let zh, let en, let retry),
      .Storage(let code, let zh, let en, let retry),
      .Damaged(let code, let zh, let en, let retry),
      .Closed(let code, let zh, let en, let retry),
      .Internal(let code, let zh, let en, let retry):
      Said(code: code, zh: zh, en: en, retry: retry)
    }
  }

  /// The stable code.
  public var code: String { said.code }
}
