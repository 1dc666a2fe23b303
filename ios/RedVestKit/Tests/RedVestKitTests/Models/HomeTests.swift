import Foundation
import Testing

@testable import RedVestKit

@MainActor
@Suite(.enabled(if: World.isThere)) struct HomeTests {
  @Test func aNewPhoneAsksToBeEnrolled() async throws {
    let model = HomeModel(try await Desk.new().phone)
    #expect(!model.needsEnrolment)
    await model.load()
    #expect(model.needsEnrolment)
    #expect(model.trouble == nil)
    #expect(model.waitingLine.contains("not synced yet"))
  }

  @Test func whatWaitsIsCountedUntilItIsSent() async throws {
    let li = try await Desk.of("li")
    let model = HomeModel(li.phone)
    await model.load()
    #expect(model.waitingLine.hasPrefix("Everything is sent · last sync "))
    let report = ReportModel(li.phone)
    await report.begin()
    await report.add(photo: try li.picture())
    await report.find("乱堆")
    await report.choose(try #require(report.catalogue?.groups.first?.categories.first))
    await report.settle(fix(in: "WG01"))
    await report.save()
    await model.load()
    #expect(model.waitingLine.hasPrefix("Photos waiting: "))
    try await li.sync()
    await model.load()
    #expect(model.waitingLine.hasPrefix("Everything is sent"))
    #expect(model.tiles.first?.title == "My reports")
    #expect((model.tiles.first?.count ?? 0) > 0)
  }

  @Test func theGridMemberSeesWhatIsDueNext() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    _ = try await li.report(in: "WG01")
    try await wang.sync()
    let model = HomeModel(wang.phone)
    await model.load()
    #expect(model.tiles.contains { $0.work == .rectify && $0.count > 0 })
    #expect(model.dueLine?.contains("left") == true || model.dueLine?.contains("overdue") == true)
  }

  @Test func whatCameTooLateSaysWhatCameFirst() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let other = try await Desk.of("wang")
    let ticket = try await li.report(in: "WG01")
    try await wang.sync()
    try await other.sync()
    for desk in [wang, other] {
      try await desk.phone.redvest.ask { _ = try $0.accept(ticket: ticket, by: .saying()) }
      try await desk.sync()
    }
    let model = HomeModel(other.phone)
    await model.load()
    let news = try #require(model.tooLate.first { $0.ticket == ticket })
    #expect(model.text(of: news).contains("王强"))
    #expect(model.text(of: news).hasPrefix("Too late: "))
    other.phone.language = .zhHans
    #expect(model.text(of: news).hasPrefix("已晚：王强"))
    await model.dismiss(news)
    #expect(!model.tooLate.contains { $0.ticket == ticket })
  }

  @Test func changesAreFollowed() async throws {
    let li = try await Desk.of("li")
    let model = HomeModel(li.phone)
    let following = Task { await model.follow() }
    let draft = try await li.phone.redvest.ask { try $0.newDraft() }
    try await li.phone.redvest.ask { try $0.saveDraft(draft: draft) }
    while model.drafts.isEmpty { await Task.yield() }
    #expect(model.title(of: model.drafts[0]).hasPrefix("Report begun"))
    await model.discard(model.drafts[0])
    #expect(model.drafts.isEmpty)
    following.cancel()
    await following.value
  }

  @Test func dutyIsRemembered() async throws {
    let name = UUID().uuidString
    let defaults = try #require(UserDefaults(suiteName: name))
    let settings = Settings(defaults)
    #expect(!settings.isOnDuty)
    #expect(settings.allowsOriginals)
    settings.isOnDuty = true
    settings.isOnWifi = false
    #expect(!settings.allowsOriginals)
    #expect(Settings(try #require(UserDefaults(suiteName: name))).isOnDuty)
    defaults.removePersistentDomain(forName: name)
  }
}
