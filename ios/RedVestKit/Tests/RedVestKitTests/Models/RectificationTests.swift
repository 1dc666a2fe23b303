import Foundation
import Testing

@testable import RedVestKit

/// A rectification while it is filled in: kept, offered again, and told how far from the place it is written.
@MainActor
@Suite(.enabled(if: World.isThere)) struct RectificationTests {
  /// A ticket that this member took, with the form to put it right.
  private func begun(_ li: Desk, _ wang: Desk) async throws -> (ticket: TicketId, model: TicketModel, form: ActForm) {
    let ticket = try await li.report(in: "WG01")
    let model = try await wang.opened(ticket)
    await model.open(.accept)
    await model.submit()
    await model.open(.rectify)
    return (ticket, model, try #require(model.form, "\(model.trouble?.en ?? "")"))
  }

  private func drafts(_ desk: Desk) async throws -> [Draft] {
    try await desk.phone.redvest.ask { try $0.drafts() }
  }

  @Test func itIsKeptThroughTheDeathOfTheAppAndItsRowLeadsToTheForm() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let (ticket, before, begun) = try await begun(li, wang)
    await begun.add(photo: try wang.picture())
    begun.words = "正在清理"
    await begun.stand(at: fix(in: "WG01", metres: 900))
    begun.gateReason = begun.choices.first?.code
    await begun.choose(.persuaded)
    let number = try #require(before.detail?.row.number)
    try await wang.kill()
    let home = HomeModel(wang.phone)
    await home.load()
    let draft = try #require(home.drafts.first)
    #expect(home.title(of: draft).hasPrefix("Work begun · \(number) "))
    let model = try #require(home.ticket(of: draft))
    #expect(model.ticket == ticket)
    await model.load()
    let form = try #require(model.form)
    #expect(form.act == .rectify)
    #expect(form.photos == begun.photos)
    #expect(form.photos.first.flatMap { form.taken[$0]?.thumbnail } != nil)
    #expect(form.words == "正在清理")
    #expect(form.outcome == .persuaded)
    #expect(form.fix?.accuracyCm == 90_000)
    #expect(!form.isGateMet)
    #expect(form.gateReason == begun.gateReason)
    await model.submit()
    #expect(model.form == nil, "\(form.needs) \(form.trouble?.en ?? "")")
    // Loading again opens nothing by itself.
    await model.load()
    #expect(model.form == nil)
    #expect(try await drafts(wang).isEmpty)
    #expect(try await wang.phone.redvest.ask { try $0.unboundPhotos() }.isEmpty)
  }

  @Test func aFormInWhichNothingWasEnteredLeavesNothingBehind() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let ticket = try await li.report("乱扔烟头", in: "WG01")
    let (accepting, _) = try await wang.form(.accept, on: ticket)
    await accepting.submit()
    let (model, form) = try await wang.form(.rectify, on: ticket)
    // What its category usually comes to is nothing that somebody entered.
    #expect(form.outcome == .persuaded)
    await form.stand(at: fix(in: "WG01"))
    model.closeForm()
    #expect(try await drafts(wang).isEmpty)
  }

  @Test func whatIsTypedWithTheLastTapBringsNoDraftBack() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let (_, model, form) = try await begun(li, wang)
    await form.stand(at: fix(in: "WG01"))
    await form.choose(.nothingFound)
    #expect(try await drafts(wang).count == 1)
    await model.submit()
    #expect(model.form == nil, "\(form.trouble?.en ?? "")")
    form.words = "晚了一步"
    await form.keep()
    #expect(try await drafts(wang).isEmpty)
  }

  @Test func oneThatCameTooLateToGoOnSaysSoAndStays() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let (ticket, _, form) = try await begun(li, wang)
    form.words = "正在清理"
    await form.keep()
    try await wang.sync()
    let other = try await Desk.of("wang")
    let (back, returning) = try await other.form(.return, on: ticket)
    returning.reason = returning.choices.first?.code
    await back.submit()
    try await other.sync()
    try await wang.sync()
    let home = HomeModel(wang.phone)
    await home.load()
    let draft = try #require(home.drafts.first)
    let model = try #require(home.ticket(of: draft))
    await model.load()
    #expect(model.form == nil)
    #expect(model.trouble?.code == "act_over")
    #expect(model.trouble?.en.hasPrefix("“Put right” is no longer open") == true)
    #expect(model.trouble?.zh.contains("“处置”") == true)
    #expect(try await drafts(wang).map(\.words) == ["正在清理"])
    await home.discard(draft)
    #expect(home.drafts.isEmpty)
  }

  @Test func theDistanceToTheReportedPlaceFollowsTheFix() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let (_, _, form) = try await begun(li, wang)
    #expect(form.distanceLine == nil)
    #expect(!form.isGateMet)
    await form.stand(at: fix(in: "WG01", metres: 3, north: 30_000))
    #expect(form.distance.map { (320...345).contains($0) } == true)
    #expect(form.distanceLine?.hasPrefix("Doubtful: 33") == true)
    // Less exact, but surely nearer.
    await form.stand(at: fix(in: "WG01", metres: 20))
    #expect(form.distance == 0)
    #expect(form.distanceLine == "0 m from the place")
    // A fix this coarse may be the same place.
    await form.stand(at: fix(in: "WG01", metres: 900, north: 30_000))
    #expect(form.distance == 0)
    #expect(form.isGateMet)
  }

  @Test func aFixGrowsOldWhileTheFormLies() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let (ticket, _, first) = try await begun(li, wang)
    await first.stand(at: fix(in: "WG01"))
    wang.watch.pass(60)
    #expect(first.fixNow.map { (60_000..<70_000).contains($0.ageMs) } == true)
    first.words = "正在清理"
    await first.keep()
    try await wang.kill()
    wang.watch.pass(86_400)
    let (_, form) = try await wang.form(.rectify, on: ticket)
    // What the core keeps of it was kept by the core's clock, a minute behind the screens'.
    #expect(form.fixNow.map { (86_500_000..<86_600_000).contains($0.ageMs) } == true, "\(form.fixNow?.ageMs ?? 0)")
    await form.stand(at: fix(in: "WG01"))
    #expect(form.fixNow.map { $0.ageMs < 10_000 } == true)
  }

  @Test(arguments: [(Int32(0), "0 m from the place", false), (30_000, "Doubtful: 33", true)])
  func whoeverLooksIsToldHowFarItWasWritten(north: Int32, said: String, isDoubtful: Bool) async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let (ticket, mine, form) = try await begun(li, wang)
    await form.stand(at: fix(in: "WG01", north: north))
    for _ in 0..<Int(form.detail.photosAfter) { await form.add(photo: try wang.picture()) }
    await mine.submit()
    #expect(mine.form == nil, "\(form.needs) \(form.trouble?.en ?? "")")
    #expect(mine.lines.last?.distance?.isDoubtful == isDoubtful)
    try await wang.sync()
    let sun = try await Desk.of("sun")
    let seen = try await sun.opened(ticket)
    let line = try #require(seen.lines.first { $0.distance != nil })
    #expect(line.title.hasSuffix("王强"))
    #expect(line.distance?.text.hasPrefix(said) == true)
    #expect(seen.lines.filter { $0.distance != nil }.count == 1)
    let review = ReviewModel(sun.phone)
    await review.load()
    for _ in review.queue where review.current?.row.ticket != ticket { await review.skip() }
    #expect(review.current?.row.ticket == ticket)
    #expect(review.distance == line.distance)
    #expect(review.distance?.isDoubtful == isDoubtful)
    sun.phone.language = .zhHans
    #expect(review.distance?.text.hasPrefix(isDoubtful ? "存疑：距上报点33" : "距上报点0 m") == true)
  }

  @Test func twoHundredMetresAreNotYetDoubted() {
    let words = Wording(.en)
    #expect(Distance(of: row(200), in: words)?.isDoubtful == false)
    #expect(Distance(of: row(201), in: words)?.isDoubtful == true)
    #expect(Distance(of: row(nil), in: words) == nil)
    #expect(Distance(of: row(300, kind: "reported"), in: words) == nil)
  }

  private func row(_ metres: UInt32?, kind: String = "rectified") -> HistoryRow {
    HistoryRow.told(kind: kind, distance: metres)
  }
}
