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
    /// Words or words for the place with so many bytes less.
    case shorterText(Int)
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
    needs += [edit.words, edit.place].compactMap { $0?.bytesTooMany }.map { .shorterText($0) }
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
      case .shorterText(let bytes): words.text(.needShorterText, "\(bytes)")
      }
    }
  }

  /// Who would get it.
  public var handlerLine: String? {
    let name = phone.wording.language.pick(zh: place?.handlerZh, en: place?.handlerEn)
    return name.map { phone.wording.text(.goesTo, $0) }
  }

  /// Open tickets of the place, which may be the same: category, distance and age.
  public var nearbyLines: [(ticket: TicketRow, text: String)] {
    (place?.nearby ?? []).map { ($0, phone.nearbyLine($0)) }
  }
}

extension ReportModel: Placing {
  /// The pin as it stands now.
  public var pin: Position? { edit?.pin }
  /// Where the reporter stands.
  public var fix: Fix? { edit?.fix }
  /// What is known of the place now.
  public var surroundings: PlaceView? { place }

  /// Grids below one, or the roots; with a text, those that it finds.
  public func grids(below parent: GridCode? = nil, text: String = "") async -> [GridRow] {
    await consult { try await phone.grids(below: parent, text: text) } ?? []
  }

  /// Grids that this member used last.
  public func recentGrids() async -> [GridRow] {
    await consult { try await phone.redvest.ask { try $0.recentGrids() } } ?? []
  }
}
