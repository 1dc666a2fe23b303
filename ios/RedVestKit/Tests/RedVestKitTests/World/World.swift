import Foundation

@testable import RedVestKit

/// The district that `redvest-world` plays: a real hub behind a line on which something can go wrong. The script that runs
/// the tests starts it outside and gives a folder with two pipes, since the Swift root may have another C library.
final class World: @unchecked Sendable {
  /// Whether there is one to test against.
  static let isThere = ProcessInfo.processInfo.environment["REDVEST_WORLD"]?.isEmpty == false
  private static let only = Result { try World() }

  static func shared() throws -> World { try only.get() }

  struct Fault: Error {
    let what: String
  }

  private let lock = NSLock()
  private let to: FileHandle
  private let from: FileHandle
  private var rest = Data()
  /// The line's address, as enrolment codes name it.
  let hub: String

  private init() throws {
    guard let folder = ProcessInfo.processInfo.environment["REDVEST_WORLD"] else { throw Fault(what: "no world") }
    // In this order: each end waits for the other.
    guard let to = FileHandle(forWritingAtPath: folder + "/in"),
      let from = FileHandle(forReadingAtPath: folder + "/out")
    else { throw Fault(what: "no pipes") }
    var rest = Data()
    let greeting = try World.line(from, &rest)
    (self.to, self.from, self.rest, hub) = (to, from, rest, greeting["hub"] as? String ?? "")
  }

  private static func line(_ from: FileHandle, _ rest: inout Data) throws -> [String: Any] {
    while true {
      if let end = rest.firstIndex(of: 10) {
        let line = rest[..<end]
        rest = Data(rest[rest.index(after: end)...])
        return try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:]
      }
      let more = from.availableData
      if more.isEmpty { throw Fault(what: "the world has ended") }
      rest.append(more)
    }
  }

  @discardableResult
  private func tell(_ command: String) throws -> [String: Any] {
    lock.lock()
    defer { lock.unlock() }
    try to.write(contentsOf: Data((command + "\n").utf8))
    let answer = try World.line(from, &rest)
    if let error = answer["error"] as? String { throw Fault(what: error) }
    return answer
  }

  /// A new enrolment code for somebody of the district: li, wang, zhao, sun, chen, zhou, wu.
  func code(for tag: String) throws -> String {
    try tell("invite \(tag)")["code"] as? String ?? ""
  }

  /// What the hub holds for the keys of a device's owner.
  func digests(for device: DeviceId) throws -> [String: String] {
    try tell("digest \(device)")["digests"] as? [String: String] ?? [:]
  }

  func revoke(_ device: DeviceId) throws {
    try tell("revoke \(device)")
  }

  /// Lets the line stand still once so many more bytes went to the hub.
  func hold(after bytes: Int) throws {
    try tell("hold \(bytes)")
  }

  /// Waits, away from the screen's thread, until it does.
  func awaitHeld() throws {
    try tell("held")
  }

  /// Lets the line go on.
  func release() throws {
    try tell("release")
  }

  /// What happens to the next connection: `none`, `cut BYTES`, `cut_down BYTES`, `reset`, `delay MS`.
  func fault(_ what: String) throws {
    try tell("fault \(what)")
  }
}

/// The middle of a grid of the district, with a boundary: WG01 and WG02 lie in SQ01, WG03 in SQ02.
func middle(of grid: String, north: Int32 = 0) -> Position {
  let column: Int32 = ["WG01": 0, "WG02": 1][grid] ?? 2
  return Position(latE7: 312_325_000 + north, lonE7: 1_214_725_000 + 50_000 * column)
}

/// A fix there, exact to metres.
func fix(in grid: String, metres: UInt32 = 5, north: Int32 = 0) -> Fix {
  Fix(position: middle(of: grid, north: north), accuracyCm: metres * 100, source: .satellite, ageMs: 0, mock: false)
}
