@testable import RedVestKit

extension HistoryRow {
  /// Something that happened, as the core might tell it.
  static func told(
    kind: String = "commented", happened: Timestamp = 0, received: Timestamp? = nil, pending: Status? = nil,
    distance: UInt32? = nil
  ) -> HistoryRow {
    HistoryRow(
      event: "00000000-0000-7000-8000-000000000000", kind: kind, kindZh: "留言", kindEn: "Commented", author: "李红",
      mine: true, received: received ?? happened, happened: happened, unsure: false, aboutZh: nil, aboutEn: nil,
      words: nil, place: nil, distanceM: distance, erased: false, photos: 0, pending: pending, late: nil)
  }
}

extension TicketDetail {
  /// The same ticket with another limit to put it right.
  func limited(_ limit: Limit?) -> TicketDetail {
    TicketDetail(
      row: row, cooperatingZh: cooperatingZh, rectification: rectification, ask: ask, wish: wish, recurs: recurs,
      clocks: clocks, marks: marks, history: history, photos: photos, acts: acts, photosBefore: photosBefore,
      photosAfter: photosAfter, accuracyGateM: accuracyGateM, rectifyLimit: limit, handOn: handOn,
      usualOutcome: usualOutcome)
  }
}
