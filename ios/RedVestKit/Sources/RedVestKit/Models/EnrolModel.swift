import Foundation
import Observation

/// The enrolment: a code scanned, opened as a link, or typed.
@MainActor
@Observable
public final class EnrolModel: Troubled {
  /// Where it stands.
  public enum Step: Sendable, Equatable {
    /// A code is awaited.
    case entering
    /// The hub is asked.
    case asking
    /// The device is enrolled; its first sync runs.
    case fetching
    /// Everything is there.
    case done
  }

  private let phone: Phone
  /// What was typed so far.
  public var code = ""
  /// What the office's list is to call this phone.
  public var label: String
  /// Where it stands.
  public private(set) var step = Step.entering
  /// Whose device this is, once it is enrolled.
  public private(set) var account: Account?
  /// What went wrong.
  public internal(set) var trouble: Said?

  /// An enrolment of a phone that the office's list will call by this label.
  public init(_ phone: Phone, label: String) {
    self.phone = phone
    self.label = label
  }

  /// Whether the text looks like a code, so that asking the hub is worth while.
  public var isReady: Bool {
    step == .entering && code.trimmingCharacters(in: .whitespacesAndNewlines).hasPrefix("redvest:enrol?")
  }

  /// Skips what is done already: a phone that was enrolled before the app was killed.
  public func load() async {
    account = await consult { try await phone.redvest.account() } ?? nil
    if account != nil, step == .entering { step = .done }
  }

  /// Takes the text of a QR code or of a link. A text that is no enrolment code is said to be none.
  public func take(_ text: String) async {
    code = text
    await enrol()
  }

  /// Enrols and fetches what the member may see. After an error the same code may be tried again.
  public func enrol() async {
    guard step == .entering else { return }
    step = .asking
    let (code, label) = (code, label)
    let done: Void? = await attempt {
      try await phone.redvest.enrol(code: code, label: label, over: phone.transport)
    }
    guard done != nil else {
      step = .entering
      return
    }
    account = await consult { try await phone.redvest.account() } ?? nil
    step = .fetching
    // The phone is enrolled whatever becomes of this; the next sync fetches the rest.
    let summary = await attempt { try await phone.sync() }
    if let failure = summary?.failure { trouble = Said(failure) }
    // What was there before this phone is no news.
    if summary?.failure == nil { _ = await attempt { try await phone.redvest.ask { try $0.allNoticesTold() } } }
    step = .done
  }
}

extension Said {
  /// Why a sync ended early.
  public init(_ failure: RedVestCore.Failure) {
    self.init(code: failure.code, zh: failure.zh, en: failure.en, retry: true)
  }
}
