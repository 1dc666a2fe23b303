import Foundation

extension Report {
  /// A report on patrol from where the reporter stands, with what most reports have.
  public init(_ category: CategoryCode, at fix: Fix, photos: [Hash] = []) {
    self.init(
      category: category, pin: fix.position, fix: fix, grid: nil, photos: photos, source: .patrol, recurs: nil,
      gateReason: nil, place: nil, onTheSpot: nil, draft: nil)
  }
}

extension By {
  /// With these words, or none, under the role that fits best.
  public static func saying(_ words: String? = nil) -> By {
    By(acting: nil, words: words.nonEmpty)
  }
}

extension Fix {
  /// A position of a satellite receiver's, measured now, exact to so many metres.
  public init(_ position: Position, metres: UInt32) {
    self.init(position: position, accuracyCm: metres * 100, source: .satellite, ageMs: 0, mock: false)
  }
}
