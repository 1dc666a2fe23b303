import Foundation

extension ReportModel {
  /// What a report still needs before it can be saved, in the order in which it is asked for.
  public enum Need: Sendable, Equatable {
    /// So many more photos of the violation.
    case photos(Int)
    /// A category.
    case category
    /// A pin, or a grid.
    case place
    /// A better fix, or the reason why there is none: the accuracy in metres that the category wants.
    case betterFix(UInt32)
    /// So many more photos that show it put right.
    case photosAfter(Int)
  }

  /// What is still needed.
  public var needs: [Need] {
    guard let edit else { return [] }
    var needs: [Need] = []
    let before = Int(category?.photosBefore ?? 1) - edit.before.count
    if before > 0 { needs.append(.photos(before)) }
    if edit.category == nil { needs.append(.category) }
    if edit.pin == nil, edit.grid == nil { needs.append(.place) }
    if let gate = place?.gateM, place?.gateMet == false, edit.gateReason == nil { needs.append(.betterFix(gate)) }
    if edit.outcome == .rectified {
      let after = Int(category?.photosAfter ?? 1) - edit.after.count
      if after > 0 { needs.append(.photosAfter(after)) }
    }
    return needs
  }

  /// Whether saving would do.
  public var canSave: Bool { edit != nil && needs.isEmpty && !isSaving }

  /// What is still needed, in words.
  public var needLines: [String] {
    let words = phone.wording
    return needs.map { need in
      switch need {
      case .photos(let count): words.text(.needPhotos, "\(count)")
      case .category: words.text(.needCategory)
      case .place: words.text(.needPlace)
      case .betterFix(let metres): words.text(.needBetterFix, "\(metres)")
      case .photosAfter(let count): words.text(.needPhotosAfter, "\(count)")
      }
    }
  }

  /// How good the fix is: `±8 m`, or that there is none yet.
  public var accuracyLine: String {
    let words = phone.wording
    guard let fix = edit?.fix else { return words.text(.noFixYet) }
    return fix.accuracyCm.map { words.accuracy($0) } ?? words.text(.fixOfUnknownAccuracy)
  }

  /// Where it is, in the names of the grids, or that no border holds it.
  public var gridLine: String {
    let words = phone.wording
    guard let place, edit?.pin != nil else { return words.text(.noPlaceYet) }
    guard !place.gridPath.isEmpty else { return words.text(.outsideGrids) }
    return place.gridPath.map(\.name).joined(separator: " / ")
  }

  /// Who would get it.
  public var handlerLine: String? {
    place?.handler.map { phone.wording.text(.goesTo, $0) }
  }

  /// Open tickets of the place, which may be the same: number, category, distance and age.
  public var nearbyLines: [(ticket: TicketRow, text: String)] {
    let words = phone.wording
    return (place?.nearby ?? []).map { row in
      let category = words.language.pick(zh: row.categoryZh, en: row.categoryEn)
      let distance = row.distanceM.map { words.distance($0) + " · " } ?? ""
      return (row, "\(category) · \(distance)\(words.age(row.reported, now: phone.now()))")
    }
  }

  /// Grids below one, or the roots; with a text, those that it finds.
  public func grids(below parent: GridCode? = nil, text: String = "") async -> [GridRow] {
    let text = (text as String?).nonEmpty
    return await consult { try await phone.redvest.ask { try $0.grids(parent: parent, text: text) } } ?? []
  }

  /// Grids that this member used last.
  public func recentGrids() async -> [GridRow] {
    await consult { try await phone.redvest.ask { try $0.recentGrids() } } ?? []
  }
}
