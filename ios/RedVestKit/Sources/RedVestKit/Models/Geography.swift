import Foundation

extension Position {
  /// Latitude in degrees.
  public var lat: Double { Double(latE7) / 1e7 }
  /// Longitude in degrees.
  public var lon: Double { Double(lonE7) / 1e7 }

  /// A position from degrees; nothing outside of the earth.
  public init?(lat: Double, lon: Double) {
    guard (-90...90).contains(lat), (-180...180).contains(lon) else { return nil }
    self.init(latE7: Int32((lat * 1e7).rounded()), lonE7: Int32((lon * 1e7).rounded()))
  }

  /// Metres to another position, as the core measures them.
  public func distance(to other: Position) -> UInt32 { distanceM(one: self, other: other) }
}
