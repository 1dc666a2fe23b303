import Foundation
import Testing

@testable import RedVestKit

@MainActor
@Suite(.enabled(if: World.isThere)) struct TicketTests {
  @Test func aTicketGoesFromReportToRectified() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let ticket = try await li.report(in: "WG01", words: "占道经营")
    let model = try await wang.opened(ticket)
    #expect(model.acts.contains(.accept))
    #expect(model.title.contains(" · "))
    #expect(model.lines.first?.title.hasSuffix("李红") == true)
    #expect(model.lines.first?.text.contains("占道经营") == true)
    #expect(model.before.count == 1)
    await model.open(.accept)
    await model.submit()
    #expect(model.form == nil, "\(model.form?.trouble?.en ?? "")")
    #expect(model.lines.last?.note == "waits to be sent")
    await model.open(.rectify)
    let form = try #require(model.form)
    #expect(!form.canSubmit)
    await form.stand(at: fix(in: "WG01"))
    #expect(form.distance.map { $0 < 5 } == true)
    for _ in 0..<max(1, Int(form.detail.photosAfter)) { await form.add(photo: try wang.picture()) }
    form.words = "已清理"
    #expect(form.needs.isEmpty, "\(form.needs)")
    await model.submit()
    #expect(model.form == nil, "\(form.trouble?.en ?? "")")
    #expect(!model.after.isEmpty)
    try await wang.sync()
    try await li.sync()
    let seen = try await li.phone.redvest.ask { try $0.ticket(ticket: ticket) }
    #expect(seen.row.stage == .rectified || seen.row.stage == .closed)
    #expect(try await li.isEqualToHub())
    #expect(try await wang.isEqualToHub())
  }

  @Test func aTicketIsReturnedDispatchedAndHandedOn() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let sun = try await Desk.of("sun")
    let ticket = try await li.report(in: "WG01")
    let hers = try await wang.opened(ticket)
    await hers.open(.return)
    #expect(hers.form?.needs == ["Choose a reason."])
    hers.form?.reason = hers.form?.choices.first?.code
    await hers.submit()
    #expect(hers.form == nil)
    try await wang.sync()
    let office = try await Desk.of("wu")
    let his = try await office.opened(ticket)
    #expect(his.detail?.row.returned == 1)
    await his.open(.dispatch)
    let form = try #require(his.form)
    #expect(form.holders.contains { $0.key == "grid:WG02" })
    form.lead = "grid:WG02"
    form.cooperating = ["agency:CG", "grid:WG02"]
    form.reason = form.choices.first?.code
    await his.submit()
    #expect(his.form == nil, "\(form.trouble?.en ?? "") \(form.needs)")
    #expect(his.detail?.row.lead == "grid:WG02")
    #expect(his.detail?.cooperatingZh == ["城市管理局"])
    try await office.sync()
    #expect(try await office.isEqualToHub())
    try await sun.sync()
    #expect(try await sun.isEqualToHub())
  }

  @Test func timeIsAskedForAndGranted() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let sun = try await Desk.of("sun")
    let ticket = try await li.report(in: "WG01")
    let hers = try await wang.opened(ticket)
    await hers.open(.ask)
    let form = try #require(hers.form)
    form.until = wang.phone.now().addingTimeInterval(-60)
    #expect(form.needs.contains("Choose a later day."))
    form.until = wang.phone.now().addingTimeInterval(5 * 86_400)
    form.reason = form.choices.first?.code
    await hers.submit()
    #expect(hers.form == nil, "\(form.trouble?.en ?? "")")
    try await wang.sync()
    let his = try await sun.opened(ticket)
    #expect(his.detail?.row.asks == true)
    await his.open(.grant)
    let granting = try #require(his.form)
    #expect(abs(granting.until.timeIntervalSince(form.until)) < 0.01, "a grant begins as it was asked for")
    sun.watch.pass(6 * 86_400)
    await his.open(.grant)
    #expect(try #require(his.form).until > sun.phone.now(), "a day that has passed is not offered")
    sun.watch.pass(-6 * 86_400)
    his.form?.until = sun.phone.now().addingTimeInterval(3 * 86_400)
    await his.submit()
    #expect(his.form == nil)
    #expect(his.standing.contains("suspended until"))
  }

  @Test func everyActOfferedHasAFormThatEnds() async throws {
    let li = try await Desk.of("li")
    let office = try await Desk.of("wu")
    for act: Act in [.comment, .addEvidence, .remind, .urge, .card, .reviewPhoto, .recategorise, .relocate, .void] {
      let ticket = try await li.report(in: "WG02")
      let model = try await office.opened(ticket)
      #expect(model.acts.contains(act), "\(act)")
      await model.open(act)
      let form = try #require(model.form)
      form.words = "说明"
      form.photo = model.before.first?.original
      form.category =
        form.catalogue?.groups.first { $0.categories.contains { $0.code != form.detail.row.category } }?
        .categories.first { $0.code != form.detail.row.category }?.code
      form.verdict = .fine
      form.voidChoice = .mistake
      if act == .relocate { await form.move(pin: middle(of: "WG01")) }
      if act == .addEvidence { await form.add(photo: try office.picture()) }
      await model.submit()
      #expect(model.form == nil, "\(act): \(form.needs) \(form.trouble?.en ?? "")")
    }
    try await office.sync()
    #expect(try await office.isEqualToHub())
  }

  @Test func whatTheLawRefusesIsSaidAndNothingIsWritten() async throws {
    let li = try await Desk.of("li")
    let ticket = try await li.report(in: "WG01")
    let model = try await li.opened(ticket)
    #expect(!model.acts.contains(.accept))
    await model.open(.accept)
    #expect(model.form == nil)
    let redvest = li.phone.redvest
    let by = By.saying()
    let said = await refusal { try await redvest.ask { _ = try $0.accept(ticket: ticket, by: by) } }
    #expect(said?.zh.isEmpty == false)
    await model.load()
    #expect(model.detail?.row.pending == 0)
  }

  @Test func theWayThereIsInTheMapsOwnDatum() async throws {
    let li = try await Desk.of("li")
    let model = try await li.opened(try await li.report(in: "WG01"))
    let shown = try #require(model.shown)
    let pin = try #require(model.detail?.row.pin)
    #expect(abs(shown.lat - pin.lat) > 0.0005)
    #expect(model.routes.count == 3)
    #expect(model.routes[0].url.absoluteString.contains("daddr=31."))
    #expect(model.routes[2].url.absoluteString.contains("wgs84"))
  }

  @Test func aTicketThatIsNotHereSaysSo() async throws {
    let model = TicketModel(try await Desk.of("li").phone, ticket: "00000000-0000-7000-8000-000000000000")
    await model.load()
    #expect(model.isGone)
    #expect(model.trouble?.code == "unknown_ticket")
  }
}
