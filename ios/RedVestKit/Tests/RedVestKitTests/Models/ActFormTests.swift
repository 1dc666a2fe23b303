import Foundation
import Testing

@testable import RedVestKit

/// What the forms of acts ask for, and that nothing is asked of the core before it is there.
@MainActor
@Suite(.enabled(if: World.isThere)) struct ActFormTests {
  @Test(arguments: [
    ("沿街晾挂", "30 min", "More time: 60 minutes"),
    ("暴露垃圾", "30 min of working time", "More time: 60 minutes of working time"),
    ("临街阳台", "working days: 1", "More time: 2 working days"),
  ])
  func moreTimeIsAskedForAndGrantedInTheUnitOfTheLimit(search: String, line: String, asked: String) async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let sun = try await Desk.of("sun")
    let ticket = try await li.report(search, in: "WG01")
    let (hers, form) = try await wang.form(.ask, on: ticket)
    #expect(form.wishes == [.suspension, .moreTime])
    form.wish = .moreTime
    #expect(form.amountLine == line)
    form.amount += form.amountStep
    form.reason = try #require(form.choices.first { $0.code == "workload" }?.code)
    await hers.submit()
    #expect(hers.form == nil, "\(form.needs) \(form.trouble?.en ?? "")")
    #expect(hers.lines.last?.text.hasPrefix(asked) == true, "\(hers.lines.last?.text ?? "")")
    try await wang.sync()
    let (his, granting) = try await sun.form(.grant, on: ticket)
    #expect(granting.askedLine?.hasPrefix("王强 · \(asked)") == true, "\(granting.askedLine ?? "")")
    let before = try #require(due(his))
    #expect((granting.wish, granting.amount) == (.moreTime, form.amount), "a grant begins as it was asked for")
    await his.submit()
    #expect(his.form == nil, "\(granting.needs) \(granting.trouble?.en ?? "")")
    #expect(try #require(due(his)) > before)
  }

  private func due(_ model: TicketModel) -> Timestamp? {
    model.detail?.clocks.first { $0.clock == .rectify }?.due
  }

  @Test func withoutALimitNoMoreTimeIsOffered() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let detail = try #require(try await wang.opened(try await li.report(in: "WG01")).detail)
    let form = ActForm(wang.phone, act: .ask, on: detail.limited(nil))
    await form.begin()
    #expect(form.wishes == [.suspension])
    #expect(form.amountLine == nil)
    form.wish = .moreTime
    #expect(form.needs.last == "This ticket has no limit that could be extended; ask for a suspension.")
    let days = ActForm(wang.phone, act: .ask, on: detail.limited(Limit(clock: .naturalDays, amount: 3)))
    #expect(days.amountLine == "days: 1")
    days.wish = .moreTime
    days.amount = 0
    #expect(days.needs.last == "Say how much more.")
  }

  @Test func aReasonGoesWithWhatItIsAReasonFor() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let (model, form) = try await wang.form(.ask, on: try await li.report(in: "WG01"))
    form.reason = form.choices.first?.code
    #expect(form.reason == "season")
    #expect(form.canSubmit)
    form.wish = .moreTime
    #expect(form.reason == nil)
    #expect(form.choices.map(\.code) == ["workload", "material", "weather"])
    #expect(form.needs == ["Choose a reason."])
    form.reason = "season"
    #expect(form.needs == ["Choose a reason."])
    await model.submit()
    #expect(model.form === form)
    #expect(model.detail?.row.pending == 0)
  }

  @Test func aDuplicateNamesATicketNearBy() async throws {
    let li = try await Desk.of("li")
    let office = try await Desk.of("wu")
    let first = try await li.report(in: "WG01", north: 9_000)
    let second = try await li.report(in: "WG01", north: 9_050)
    let far = try await li.report(in: "WG03", north: 9_000)
    let (model, form) = try await office.form(.void, on: second)
    #expect(form.needs == ["Choose a reason."])
    form.voidChoice = .duplicate
    #expect(form.needs == ["Choose the ticket that it repeats."])
    #expect(form.nearby.contains { $0.ticket == first })
    #expect(!form.nearby.contains { $0.ticket == second || $0.ticket == far })
    let line = try #require(form.nearbyLines.first { $0.ticket.ticket == first })
    #expect(line.text.contains(" m · "))
    form.original = first
    await model.submit()
    #expect(model.form == nil, "\(form.needs) \(form.trouble?.en ?? "")")
    #expect(model.detail?.row.stage == .voided)
    #expect(model.lines.last?.text == "Reported before")
  }

  @Test func aPlaceIsChangedByPinOrByGrid() async throws {
    let li = try await Desk.of("li")
    let office = try await Desk.of("wu")
    let ticket = try await li.report(in: "WG02")
    var (model, form) = try await office.form(.relocate, on: ticket)
    #expect(form.gridLine.hasSuffix("和平二网格"))
    form.place = "桥下"
    #expect(form.needs == ["Put the pin on the map, or choose a grid."])
    await form.stand(at: fix(in: "WG01", metres: 8))
    #expect(form.accuracyLine == "±8 m")
    await form.followFix()
    #expect(form.gridLine.hasSuffix("和平一网格"))
    await model.submit()
    #expect(model.form == nil, "\(form.needs) \(form.trouble?.en ?? "")")
    #expect(model.detail?.row.pin == middle(of: "WG01"))
    #expect(model.detail?.row.grid == "WG01")
    #expect(model.lines.last?.text.hasSuffix("桥下") == true)
    (model, form) = try await office.form(.relocate, on: ticket)
    let grid = try #require(await form.grids(text: "文昌一").first)
    await form.pick(grid: grid.code)
    await model.submit()
    #expect(model.form == nil, "\(form.needs) \(form.trouble?.en ?? "")")
    #expect(model.detail?.row.grid == "WG03")
    #expect(model.detail?.row.pin == middle(of: "WG01"))
    #expect(try await office.phone.redvest.ask { try $0.drafts() }.isEmpty)
  }

  @Test func onePhotoIsJudged() async throws {
    let li = try await Desk.of("li")
    let office = try await Desk.of("wu")
    let (model, form) = try await office.form(.reviewPhoto, on: try await li.report(in: "WG01"))
    #expect(form.needs == ["Choose a photo.", "Choose what is to be said of the photo."])
    let line = try #require(form.photoLines.first)
    #expect(line.text == "1 · Before")
    form.photo = line.photo.original
    #expect(form.needs == ["Choose what is to be said of the photo."])
    form.verdict = .otherPlace
    await model.submit()
    #expect(model.form == nil, "\(form.trouble?.en ?? "")")
    #expect(model.before.first?.verdict == "other_place")
  }

  @Test func whoCooperatesGoesOnAndIsNeverTheLead() async throws {
    let li = try await Desk.of("li")
    let office = try await Desk.of("wu")
    let ticket = try await li.report(in: "WG01")
    var (model, form) = try await office.form(.dispatch, on: ticket)
    #expect(form.needs == ["Choose who is to lead."])
    form.lead = "grid:WG02"
    form.cooperating = ["agency:CG", "agency:ZJ"]
    await model.submit()
    #expect(model.form == nil, "\(form.needs) \(form.trouble?.en ?? "")")
    (model, form) = try await office.form(.dispatch, on: ticket)
    #expect(form.cooperating == ["agency:CG", "agency:ZJ"])
    form.lead = "agency:CG"
    #expect(form.cooperating == ["agency:ZJ"])
    #expect(!form.others.contains { $0.key == "agency:CG" })
    #expect(form.leads.contains { $0.key == "grid:WG02" })
    await model.submit()
    #expect(model.form == nil, "\(form.trouble?.en ?? "")")
    #expect(model.detail?.row.lead == "agency:CG")
    #expect(model.detail?.cooperatingZh == ["住房建设局"])
    let (_, urging) = try await office.form(.urge, on: ticket)
    #expect(urging.leads.map(\.key).sorted() == ["agency:CG", "agency:ZJ"])
  }

  @Test func somebodyIsChosenWhereNobodyLeads() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let office = try await Desk.of("wu")
    let ticket = try await li.report(in: "WG01")
    let (back, returning) = try await wang.form(.return, on: ticket)
    returning.reason = "not_ours"
    await back.submit()
    try await wang.sync()
    let (model, form) = try await office.form(.card, on: ticket)
    #expect(form.needs == ["Choose whom: nobody leads this ticket now."])
    form.lead = try #require(form.leads.first { $0.key == "grid:WG01" }?.key)
    await model.submit()
    #expect(model.form == nil, "\(form.trouble?.en ?? "")")
    #expect(model.detail?.row.carded == 1)
  }

  @Test func whatIsMissingIsSaidInBothLanguagesBeforeTheCoreIsAsked() async throws {
    let li = try await Desk.of("li")
    let office = try await Desk.of("wu")
    let detail = try #require(try await office.opened(try await li.report(in: "WG03")).detail)
    let missing: [(Act, [Phrase])] = [
      (.comment, [.needWords]), (.return, [.needReason]), (.reopen, [.needReason]), (.ask, [.needReason]),
      (.sendBack, [.needReason]), (.dispatch, [.needHolder]), (.void, [.needReason]),
      (.reviewPhoto, [.needPhotoToJudge, .needVerdict]), (.recategorise, [.needCategory]), (.relocate, [.needPlace]),
    ]
    for (act, phrases) in missing {
      let form = ActForm(office.phone, act: act, on: detail)
      await form.begin()
      for language in Language.allCases {
        office.phone.language = language
        #expect(form.needs == phrases.map { $0.text(language) }, "\(act)")
      }
      #expect(!form.canSubmit)
      #expect(await form.submit() == nil)
      #expect(form.trouble == nil, "\(act)")
    }
    office.phone.language = .en
    let rectifying = ActForm(office.phone, act: .rectify, on: detail)
    await rectifying.begin()
    #expect(rectifying.needs.count == 2, "\(rectifying.needs)")
    #expect(rectifying.needs.last?.hasPrefix("Wait for a position within") == true)
  }
}
