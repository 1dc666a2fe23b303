import Foundation

/// A fix, and when it was measured: it grows older while a form is filled in, or lies.
struct Measured: Equatable {
  /// The fix as it was handed over.
  let fix: Fix
  /// When the phone was there.
  let at: Date

  /// A fix that had its age at an instant.
  init(_ fix: Fix, kept: Date) {
    self.fix = fix
    at = kept.addingTimeInterval(-Double(fix.ageMs) / 1_000)
  }

  /// The fix with the age that it has at an instant.
  func fix(at now: Date) -> Fix {
    let age = max(0, now.timeIntervalSince(at) * 1_000)
    return Fix(
      position: fix.position, accuracyCm: fix.accuracyCm, source: fix.source, ageMs: UInt32(clamping: Int64(age)),
      mock: fix.mock)
  }
}

extension Fix {
  /// Whether it is worth more than the one before: more exact, or surely another place, because its author walked on.
  func tellsMore(than known: Fix?) -> Bool {
    guard let known else { return true }
    let (mine, its) = (accuracyCm ?? .max, known.accuracyCm ?? .max)
    guard mine > its else { return true }
    // What may be the same place says nothing new by being less exact.
    return UInt64(position.distance(to: known.position)) * 100 > UInt64(mine) + UInt64(its)
  }
}
