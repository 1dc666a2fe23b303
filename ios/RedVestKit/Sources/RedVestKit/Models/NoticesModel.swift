import Foundation
import Observation

/// Shows notices outside of the app; on iOS through UserNotifications.
public protocol NoticePosting: Sendable {
  /// Shows one; `group` gathers those of one kind. Tapped, it opens the ticket.
  func post(key: String, title: String, text: String, group: String, ticket: TicketId?) async throws
}

/// Notices: due soon, new for me, sent back, refused. Each is told once.
@MainActor
@Observable
public final class NoticesModel: Troubled {
  /// Notices of one kind.
  public struct Group: Sendable, Equatable, Identifiable {
    /// The kind.
    public let kind: NoticeKind
    /// What it is called, with how many there are.
    public let title: String
    /// The notices, the newest first.
    public let notices: [Notice]

    /// The kind.
    public var id: NoticeKind { kind }
  }

  private let phone: Phone
  /// What is to be told.
  public private(set) var groups: [Group] = []
  /// How many more there are than are shown.
  public private(set) var more: UInt32 = 0
  /// What went wrong.
  public internal(set) var trouble: Said?

  /// The notices of a phone.
  public init(_ phone: Phone) {
    self.phone = phone
  }

  /// Asks the core again.
  public func load() async {
    guard let found = await consult({ try await phone.redvest.ask { try $0.notices() } }) else { return }
    more = found.more
    let words = phone.wording
    groups = NoticeKind.inOrder.compactMap { kind in
      let notices = found.notices.filter { $0.kind == kind }
      guard !notices.isEmpty else { return nil }
      return Group(kind: kind, title: words.text(kind.phrase, "\(notices.count)"), notices: notices)
    }
  }

  /// Loads now and whenever something changed, as long as the task lives.
  public func follow() async {
    await phone.follow { await load() }
  }

  /// What a notice says.
  public func text(of notice: Notice) -> String {
    phone.wording.language.pick(zh: notice.zh, en: notice.en)
  }

  /// Marks as told what the user has seen, and gives the ticket to open.
  public func open(_ notice: Notice) async -> TicketId? {
    await told([notice])
    return notice.ticket
  }

  /// Marks everything as told.
  public func tellAll() async {
    await told(groups.flatMap(\.notices))
  }

  private func told(_ notices: [Notice]) async {
    let keys = notices.map(\.key)
    _ = await attempt { try await phone.redvest.ask { try $0.noticesTold(keys: keys) } }
    await load()
  }

  /// Shows outside of the app what was not told yet. One that cannot be shown is tried again the next time.
  public func post(through posting: any NoticePosting) async {
    await load()
    var posted: [Notice] = []
    for group in groups {
      for notice in group.notices {
        let done: Void? = await attempt {
          try await posting.post(
            key: notice.key, title: phone.wording.text(group.kind.title), text: text(of: notice),
            group: group.title, ticket: notice.ticket)
        }
        if done != nil { posted.append(notice) }
      }
    }
    if !posted.isEmpty { await told(posted) }
  }
}

extension NoticeKind {
  /// Every kind, the most pressing first.
  public static let inOrder: [NoticeKind] = [.overdue, .dueSoon, .sentBack, .refused, .tooLate, .newForMe]

  /// What a group of it is called, with how many there are.
  public var phrase: Phrase {
    switch self {
    case .newForMe: .noticesNew
    case .dueSoon: .noticesDueSoon
    case .overdue: .noticesOverdue
    case .sentBack: .noticesSentBack
    case .refused: .noticesRefused
    case .tooLate: .noticesTooLate
    }
  }

  /// What one of it is called.
  public var title: Phrase {
    switch self {
    case .newForMe: .noticeNew
    case .dueSoon: .noticeDueSoon
    case .overdue: .noticeOverdue
    case .sentBack: .noticeSentBack
    case .refused: .noticeRefused
    case .tooLate: .noticeTooLate
    }
  }
}
