import Foundation
import Testing

@testable import RedVestKit

@MainActor
@Suite(.enabled(if: World.isThere)) struct ReportTests {
  private func category(_ model: ReportModel, _ text: String = "乱堆") async throws -> CategoryRow {
    await model.find(text)
    return try #require(model.catalogue?.groups.first?.categories.first)
  }

  @Test func threeTapsMakeAReport() async throws {
    let li = try await Desk.of("li")
    let model = ReportModel(li.phone)
    await model.begin()
    #expect(model.needs.contains(.photos(1)))
    #expect(model.needs.contains(.category))
    #expect(model.needs.contains(.place))
    await model.settle(fix(in: "WG01"))
    await model.add(photo: try li.picture())
    await model.choose(try await category(model))
    #expect(model.needs.isEmpty, "\(model.needLines)")
    await model.save()
    let saved = try #require(model.saved)
    #expect(saved.row.photos == 1)
    #expect(saved.row.grid == "WG01")
    #expect(model.edit == nil)
    #expect(try await li.phone.redvest.ask { try $0.drafts() }.isEmpty)
  }

  @Test func aReportKilledAtAnyStepIsOfferedAgain() async throws {
    let li = try await Desk.of("li")
    var model = ReportModel(li.phone)
    await model.begin()
    await model.add(photo: try li.picture())
    model = try await resumed(li)
    #expect(model.edit?.before.count == 1)
    #expect(model.photos.count == 1)
    await model.choose(try await category(model))
    model = try await resumed(li)
    #expect(model.category != nil)
    await model.settle(fix(in: "WG01"))
    await model.move(pin: middle(of: "WG02"))
    model = try await resumed(li)
    #expect(model.edit?.pin == middle(of: "WG02"))
    // Moved by hand, so a better fix does not move it back.
    await model.settle(fix(in: "WG01", metres: 2))
    #expect(model.edit?.pin == middle(of: "WG02"))
    #expect(model.place?.grid == "WG02")
    await model.change { $0.words = "门前堆放杂物" }
    model = try await resumed(li)
    await model.save()
    #expect(model.saved?.row.words == "门前堆放杂物", "\(model.needLines)")
    #expect(try await li.phone.redvest.ask { try $0.drafts() }.isEmpty)
    try await li.sync()
    #expect(try await li.isEqualToHub())
  }

  private func resumed(_ desk: Desk) async throws -> ReportModel {
    try await desk.kill()
    let home = HomeModel(desk.phone)
    await home.load()
    let model = ReportModel(desk.phone)
    await model.begin(try #require(home.drafts.first))
    return model
  }

  @Test func thePositionSettlesUntilItPassesTheGate() async throws {
    let li = try await Desk.of("li")
    let model = ReportModel(li.phone)
    await model.begin()
    #expect(model.accuracyLine == "Looking for the position")
    let category = try await category(model, "占道")
    await model.choose(category)
    await model.settle(fix(in: "WG01", metres: 900))
    #expect(model.accuracyLine == "±900 m")
    let gate = try #require(category.accuracyGateM)
    #expect(model.needs.contains(.betterFix(gate)))
    await model.settle(fix(in: "WG01", metres: 2_000))
    #expect(model.edit?.fix?.accuracyCm == 90_000)
    await model.change { $0.gateReason = model.reasons?.gate.first?.code }
    #expect(!model.needs.contains(.betterFix(gate)))
    await model.change { $0.gateReason = nil }
    await model.settle(fix(in: "WG01", metres: 5))
    #expect(!model.needs.contains(.betterFix(gate)))
    #expect(model.gridLine.hasSuffix("和平一网格"))
    #expect(model.handlerLine != nil)
  }

  @Test func aFixGrowsOldWhileTheReportLies() async throws {
    let li = try await Desk.of("li")
    var model = ReportModel(li.phone)
    await model.begin()
    await model.settle(fix(in: "WG01"))
    li.watch.pass(60)
    await model.change { $0.words = "门前堆放杂物" }
    #expect(model.edit?.fix.map { (60_000..<70_000).contains($0.ageMs) } == true)
    model = try await resumed(li)
    // The core keeps it by a clock of its own, a minute behind the screens'.
    li.watch.pass(86_400)
    #expect(model.fixNow.map { (86_500_000..<86_600_000).contains($0.ageMs) } == true, "\(model.fixNow?.ageMs ?? 0)")
    await model.settle(fix(in: "WG01", metres: 2))
    #expect(model.fixNow.map { $0.ageMs < 10_000 } == true)
    #expect(model.edit?.pin == middle(of: "WG01"))
  }

  @Test func aPlaceOutsideOfEveryGridIsPickedFromTheTree() async throws {
    let li = try await Desk.of("li")
    let model = ReportModel(li.phone)
    await model.begin()
    await model.add(photo: try li.picture())
    await model.choose(try await category(model))
    await model.settle(
      Fix(position: Position(latE7: 0, lonE7: 0), accuracyCm: 300, source: .satellite, ageMs: 0, mock: false))
    #expect(model.gridLine == "Outside of all grids: choose one")
    let root = try #require(await model.grids().first)
    #expect(root.hasChildren)
    #expect(await model.grids(below: root.code).count == 2)
    let found = try #require(await model.grids(text: "和平二").first)
    await model.pick(grid: found.code)
    await model.save()
    #expect(model.saved?.row.grid == "WG02", "\(model.trouble?.en ?? "") \(model.needLines)")
    #expect(await model.recentGrids().map(\.code).contains("WG02"))
  }

  @Test func whatIsOpenNearByIsShownAndMayBeNamed() async throws {
    let li = try await Desk.of("li")
    let first = try await li.report(in: "WG03", north: 9_000)
    let model = ReportModel(li.phone)
    await model.begin()
    await model.settle(fix(in: "WG03", north: 9_050))
    let near = try #require(model.nearbyLines.first { $0.ticket.ticket == first })
    #expect(near.text.contains(" m · "))
    await model.repeats(first)
    await model.add(photo: try li.picture())
    await model.choose(try await category(model))
    await model.save()
    let saved = try #require(model.saved?.ticket)
    #expect(try await li.phone.redvest.ask { try $0.ticket(ticket: saved) }.recurs == first)
  }

  @Test func putRightOnTheSpotNeedsAPhotoAndPersuadingNone() async throws {
    let wang = try await Desk.of("wang")
    let model = ReportModel(wang.phone)
    await model.begin()
    await model.add(photo: try wang.picture())
    await model.choose(try await category(model))
    await model.settle(fix(in: "WG01"))
    await model.onTheSpot(.persuaded)
    #expect(model.needs.isEmpty)
    await model.onTheSpot(.rectified)
    let wanted = Int(model.category?.photosAfter ?? 0)
    #expect(model.needs == (wanted > 0 ? [.photosAfter(wanted)] : []))
    for _ in 0..<max(1, wanted) { await model.add(photo: try wang.picture(), shows: .after) }
    await model.save()
    let saved = try #require(model.saved)
    #expect(saved.events.count == 2)
    let detail = try await wang.phone.redvest.ask { try $0.ticket(ticket: saved.ticket) }
    #expect(detail.photos.contains { $0.shows == .after })
  }

  @Test func wordsTypedWithTheLastTapBringNoDraftBack() async throws {
    let li = try await Desk.of("li")
    let model = ReportModel(li.phone)
    await model.begin()
    await model.add(photo: try li.picture())
    await model.choose(try await category(model))
    await model.settle(fix(in: "WG01"))
    let typing = (0..<5).map { number in Task { await model.change { $0.words = "\(number)" } } }
    while model.edit?.words == nil { await Task.yield() }
    await model.save()
    for task in typing { await task.value }
    #expect(model.saved?.row.words != nil)
    #expect(try await li.phone.redvest.ask { try $0.drafts() }.isEmpty)
  }

  @Test func aPhotoTakenOffIsGoneAndSoIsADiscardedReport() async throws {
    let li = try await Desk.of("li")
    let model = ReportModel(li.phone)
    await model.begin()
    await model.add(photo: try li.picture())
    await model.add(photo: try li.picture())
    let first = try #require(model.edit?.before.first)
    await model.remove(photo: first)
    #expect(model.edit?.before.count == 1)
    #expect(try await li.phone.redvest.ask { try $0.unboundPhotos() }.count == 1)
    await model.discard()
    #expect(try await li.phone.redvest.ask { try $0.unboundPhotos() }.isEmpty)
    #expect(try await li.phone.redvest.ask { try $0.drafts() }.isEmpty)
  }

  @Test func aFileThatIsNoPhotoIsSaidToBeNone() async throws {
    let li = try await Desk.of("li")
    let model = ReportModel(li.phone)
    await model.begin()
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    await model.add(photo: file)
    #expect(model.trouble != nil)
    #expect(model.edit?.before.isEmpty == true)
    try Data("no photo".utf8).write(to: file)
    await model.add(photo: file)
    #expect(model.trouble?.zh.isEmpty == false)
  }
}
