import Foundation
import Testing

@testable import RedVestKit

@MainActor
@Suite(.enabled(if: World.isThere)) struct ReviewTests {
  /// A ticket that waits for a verdict.
  private func rectified(_ li: Desk, _ wang: Desk) async throws -> TicketId {
    let ticket = try await li.report(in: "WG01")
    try await wang.sync()
    let model = TicketModel(wang.phone, ticket: ticket)
    await model.load()
    await model.open(.accept)
    await model.submit()
    await model.open(.rectify)
    await model.form?.stand(at: fix(in: "WG01"))
    await model.form?.add(photo: try wang.picture())
    await model.form?.add(photo: try wang.picture())
    await model.submit()
    try #require(model.form == nil, "\(model.form?.trouble?.en ?? "")")
    try await wang.sync()
    return ticket
  }

  @Test func ticketsArePassedAndSentBackOneAfterTheOther() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    var ours: Set<TicketId> = []
    for _ in 0..<2 { ours.insert(try await rectified(li, wang)) }
    let sun = try await Desk.of("sun")
    let model = ReviewModel(sun.phone)
    await model.load()
    #expect(ours.isSubset(of: model.queue.map(\.ticket)))
    while let ticket = model.current?.row.ticket, !ours.contains(ticket) { await model.skip() }
    let first = try #require(model.current?.row.ticket)
    #expect(model.pairs.count == 2)
    #expect(model.pair?.before != nil && model.pair?.after != nil)
    #expect(model.pairs[1].before == model.pairs[0].before)
    model.zoom.scale(by: 4)
    model.look(at: 1)
    #expect(model.zoom == ReviewModel.Zoom())
    #expect(model.canPass)
    await model.pass()
    #expect(model.judged == 1, "\(model.trouble?.en ?? "")")
    #expect(model.current?.row.ticket != first)
    while let ticket = model.current?.row.ticket, !ours.contains(ticket) { await model.skip() }
    let second = try #require(model.current?.row.ticket)
    #expect(second != first)
    #expect(!model.canSendBack)
    model.chosen = [try #require(model.reasons.first?.code)]
    model.words = "仍有垃圾"
    await model.sendBack()
    #expect(model.judged == 2, "\(model.trouble?.en ?? "")")
    try await sun.sync()
    try await wang.sync()
    let back = try await wang.phone.redvest.ask { try $0.ticket(ticket: second) }
    #expect(back.row.round == 2)
    #expect(try await wang.phone.redvest.ask { try $0.ticket(ticket: first) }.row.stage == .closed)
    #expect(try await sun.isEqualToHub())
    // Whoever did the work hears that it came back, once.
    let notices = NoticesModel(wang.phone)
    await notices.load()
    let notice = notices.groups.first { $0.kind == .sentBack }?.notices.first { $0.ticket == second }
    #expect(await notices.open(try #require(notice)) == second)
    #expect(!notices.groups.flatMap(\.notices).contains { $0.key == notice?.key })
  }

  @Test func aZoomNeverLeavesThePhoto() {
    var zoom = ReviewModel.Zoom()
    zoom.move(by: (1, 1))
    #expect(zoom == ReviewModel.Zoom())
    zoom.scale(by: 100)
    #expect(zoom.scale == 8)
    zoom.move(by: (100, -100))
    #expect(zoom.offset == (3.5, -3.5))
    zoom.scale(by: 0.001)
    #expect(zoom == ReviewModel.Zoom())
  }
}
