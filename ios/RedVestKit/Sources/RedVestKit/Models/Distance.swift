/// How far from the reported place somebody stood who says that it was put right.
public struct Distance: Sendable, Equatable {
  /// Metres beyond which it is doubted. A fix of a phone is off by some tens of them, and a place may be long.
  public static let doubtful: UInt32 = 200

  /// Metres from where the author stood to the pin.
  public let metres: UInt32
  /// The same in words, with the doubt where there is one.
  public let text: String

  /// Whether a reviewer has to ask.
  public var isDoubtful: Bool { metres > Distance.doubtful }

  /// The distance that a rectification tells; nothing for other events, and where fix or pin is not known.
  init?(of event: HistoryRow, in words: Wording) {
    guard event.kind == "rectified", let metres = event.distanceM else { return nil }
    self.metres = metres
    text = words.text(metres > Distance.doubtful ? .stoodTooFar : .stood, words.distance(metres))
  }
}
