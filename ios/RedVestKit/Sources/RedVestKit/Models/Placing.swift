import Foundation

/// What puts a pin and picks a grid: a report, and the form that changes a ticket's place.
@MainActor
public protocol Placing: AnyObject {
  /// The phone that it is done on.
  var phone: Phone { get }
  /// The pin as it stands now.
  var pin: Position? { get }
  /// Where the author stands.
  var fix: Fix? { get }
  /// What is known of the place now.
  var surroundings: PlaceView? { get }
  /// Metres around the pin in which borders and open tickets are shown.
  var radius: UInt32 { get }

  /// Moves the pin by hand.
  func move(pin: Position) async
  /// Puts the pin where the author stands.
  func followFix() async
  /// Picks a grid; nothing to leave it to the pin.
  func pick(grid: GridCode?) async
  /// Grids below one, or the roots; with a text, those that it finds.
  func grids(below parent: GridCode?, text: String) async -> [GridRow]
  /// Grids that this member used last.
  func recentGrids() async -> [GridRow]
}

extension Placing {
  /// How good the fix is: `±8 m`, or that there is none yet.
  public var accuracyLine: String {
    let words = phone.wording
    guard let fix else { return words.text(.noFixYet) }
    return fix.accuracyCm.map { words.accuracy($0) } ?? words.text(.fixOfUnknownAccuracy)
  }

  /// Where it is, in the names of the grids, or that no border holds it.
  public var gridLine: String {
    let words = phone.wording
    guard let surroundings, pin != nil else { return words.text(.noPlaceYet) }
    guard !surroundings.gridPath.isEmpty else { return words.text(.outsideGrids) }
    return surroundings.gridPath.map(\.name).joined(separator: " / ")
  }
}

extension Phone {
  /// Grids below one, or the roots; with a text that says something, those that it finds.
  func grids(below parent: GridCode?, text: String) async throws -> [GridRow] {
    let text = (text as String?).nonEmpty
    return try await redvest.ask { try $0.grids(parent: parent, text: text) }
  }

  /// A ticket near by as a line: category, distance and age.
  func nearbyLine(_ row: TicketRow) -> String {
    let words = wording
    let category = words.language.pick(zh: row.categoryZh, en: row.categoryEn)
    let distance = row.distanceM.map { words.distance($0) + " · " } ?? ""
    return "\(category) · \(distance)\(words.age(row.reported, now: now()))"
  }
}
