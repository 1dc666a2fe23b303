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

  /// Metres to another position, on a sphere: for showing, never for deciding.
  public func distance(to other: Position) -> UInt32 {
    let (here, there) = (lat * .pi / 180, other.lat * .pi / 180)
    let (rise, run) = (sin((there - here) / 2), sin((other.lon - lon) * .pi / 360))
    let part = rise * rise + cos(here) * cos(there) * run * run
    return UInt32((2 * 6_371_000 * asin(min(1, part.squareRoot()))).rounded())
  }
}
