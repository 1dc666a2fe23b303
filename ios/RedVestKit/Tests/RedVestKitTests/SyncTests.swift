import Foundation
import Testing

@testable import RedVestKit

@MainActor
@Suite(.enabled(if: World.isThere), .serialized) struct SyncTests {
  @Test func aReportReachesTheHubAndTheGridThatPutsItRight() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let ticket = try await li.report(words: "摊位占道")
    try await wang.sync()
    let seen = try await wang.phone.redvest.ask { try $0.ticket(ticket: ticket) }
    #expect(seen.row.words == "摊位占道")
    #expect(seen.photos.count == 1)
    #expect(seen.photos.first?.thumbnailPath != nil)
    #expect(try await li.isEqualToHub())
    #expect(try await wang.isEqualToHub())
  }

  @Test func textsThatHurtPassThroughTheHubByteEqual() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    for text in hurting {
      let ticket = try await li.report(words: text, place: text)
      let model = try await li.opened(ticket)
      await model.open(.comment)
      model.form?.words = text
      await model.submit()
      #expect(model.form == nil, "\(model.form?.trouble?.en ?? "")")
      try await li.sync()
      let lines = try await wang.opened(ticket).detail?.history ?? []
      let bytes = Array(text.utf8)
      #expect(lines.map(\.kind) == ["reported", "commented"])
      #expect(lines.map { Array(($0.words ?? "").utf8) } == [bytes, bytes])
      #expect(lines.first?.place.map { Array($0.utf8) } == bytes)
    }
    #expect(try await wang.isEqualToHub())
  }

  @Test func aTextThatIsTooLongIsSaidToBeAndStays() async throws {
    let li = try await Desk.of("li")
    let text = String(repeating: "长", count: 5_462)
    let (model, form) = try await li.form(.comment, on: try await li.report())
    form.words = String(text.dropLast())
    #expect(form.canSubmit)
    form.words = text
    #expect(form.needs == ["The text is too long by 2 bytes: shorten it."])
    await model.submit()
    #expect(model.form?.words == text)
    #expect(model.detail?.row.pending == 0)
    let report = ReportModel(li.phone)
    await report.begin()
    await report.change { $0.place = text }
    #expect(report.needLines.last == "The text is too long by 2 bytes: shorten it.")
    // What the app lets through the core refuses.
    let (redvest, ticket) = (li.phone.redvest, model.ticket)
    let said = await refusal { try await redvest.ask { _ = try $0.comment(ticket: ticket, by: .saying(text)) } }
    #expect(said?.code == "event_too_large")
  }

  /// Foundation on Linux ends the process when a connection ends within the head of a reply, so cuts come behind it.
  @Test(arguments: ["cut 600", "cut 40000", "cut_down 700", "reset", "delay 300"])
  func aSyncThatIsCutGoesOnWhereItStood(fault: String) async throws {
    let world = try World.shared()
    let li = try await Desk.of("li")
    let model = ReportModel(li.phone)
    await model.begin()
    await model.add(photo: try li.picture())
    await model.find("乱堆")
    await model.choose(try #require(model.catalogue?.groups.first?.categories.first))
    await model.settle(fix(in: "WG01"))
    await model.save()
    let ticket = try #require(model.saved?.ticket)
    try world.fault(fault)
    // Whatever this one comes to, nothing is lost by it.
    _ = try await li.phone.sync()
    try world.fault("none")
    try await li.sync()
    let detail = try await li.phone.redvest.ask { try $0.ticket(ticket: ticket) }
    #expect(detail.row.pending == 0)
    #expect(detail.photos.allSatisfy { $0.waits == nil })
    #expect(try await li.isEqualToHub())
  }

  @Test func syncsAskedForTogetherAreOne() async throws {
    let li = try await Desk.of("li")
    let before = try await li.phone.redvest.ask { try $0.sessions() }.count
    async let first = li.phone.sync()
    async let second = li.phone.sync()
    async let third = li.phone.sync()
    let all = try await [first, second, third]
    #expect(all.allSatisfy { $0 == all[0] })
    #expect(try await li.phone.redvest.ask { try $0.sessions() }.count == before + 1)
  }

  @Test func aCancelledSyncEndsAndTheNextOneGoesOn() async throws {
    let world = try World.shared()
    let li = try await Desk.of("li")
    // Before a new connection is needed none would be delayed.
    let phone = try await reconnected(li)
    try world.fault("delay 60000")
    let syncing = Task { try await phone.sync() }
    for await state in phone.runner.states() where state.isRunning { break }
    syncing.cancel()
    let summary = try await syncing.value
    #expect(summary.failure?.code == "cancelled")
    try world.fault("none")
    try await li.sync()
  }

  @Test func aSyncEndsWhenEverybodyWhoWaitsForItHasLeft() async throws {
    let world = try World.shared()
    let li = try await Desk.of("li")
    let phone = try await reconnected(li)
    try world.fault("delay 60000")
    let waiting = (0..<3).map { _ in Task { try await phone.sync() } }
    for await state in phone.runner.states() where state.isRunning { break }
    for task in waiting { task.cancel() }
    for task in waiting { #expect(try await task.value.failure?.code == "cancelled") }
    try world.fault("none")
    try await li.sync()
  }

  @Test func dataClosedDuringASyncEndsItClearly() async throws {
    let world = try World.shared()
    let li = try await Desk.of("li")
    let phone = try await reconnected(li)
    try world.fault("delay 60000")
    let syncing = Task { try await phone.sync() }
    for await state in phone.runner.states() where state.isRunning { break }
    await phone.redvest.close()
    await phone.runner.cancel()
    let said = await refusal { _ = try await syncing.value }
    #expect(["closed", "sync_over"].contains(said?.code))
    try world.fault("none")
    try await li.kill()
    try await li.sync()
    #expect(try await li.isEqualToHub())
  }

  @Test func aSyncOfSuspendedDataIsRefusedAndGoesOnAfterwards() async throws {
    let li = try await Desk.of("li")
    try await li.phone.redvest.enterBackground()
    #expect(await refusal { _ = try await li.phone.sync() }?.code == "suspended")
    let phone = li.phone
    let summary = try await phone.redvest.whileAwake { try await phone.sync() }
    #expect(summary.failure == nil)
    try await li.phone.redvest.enterForeground()
    try await li.sync()
  }

  @Test func theFileThatProvesATicketComes() async throws {
    let li = try await Desk.of("li")
    let ticket = try await li.report()
    let file = try await li.phone.redvest.evidence(of: ticket, over: li.phone.transport)
    #expect(file.count > 100)
    let redvest = li.phone.redvest
    let (unknown, transport) = ("00000000-0000-7000-8000-000000000000", li.phone.transport)
    #expect(await refusal { _ = try await redvest.evidence(of: unknown, over: transport) }?.code == "not_found")
  }

  /// The same phone with connections that are yet to be made.
  private func reconnected(_ desk: Desk) async throws -> Phone {
    Phone(desk.phone.redvest, over: URLSessionTransport(), settings: desk.phone.settings, language: .en)
  }
}
