import Foundation
import Testing

@testable import RedVestKit

@MainActor
@Suite(.enabled(if: World.isThere)) struct SyncScreenTests {
  @Test func whatWaitsIsListedAndGoesWithASync() async throws {
    let li = try await Desk.of("li")
    let model = SyncModel(li.phone)
    await model.load()
    #expect(model.queueLines == ["Everything is sent"])
    let draft = ReportModel(li.phone)
    await draft.begin()
    await draft.add(photo: try li.picture(600))
    await draft.find("乱堆")
    await draft.choose(try #require(draft.catalogue?.groups.first?.categories.first))
    await draft.settle(fix(in: "WG01"))
    await draft.save()
    await model.load()
    #expect(model.queueLines.count == 4, "\(model.queueLines)")
    #expect(model.queueLines[0] == "Actions waiting: 1")
    await model.syncNow()
    #expect(model.trouble == nil)
    #expect(model.queueLines == ["Everything is sent"])
    #expect(model.text(of: try #require(model.sessions.first)).contains("accepted 1"))
  }

  @Test func originalsWaitForWifiWhereTheUserSaysSo() async throws {
    let li = try await Desk.of("li")
    li.phone.settings.isOnWifi = false
    _ = try await li.report()
    let model = SyncModel(li.phone)
    await model.load()
    #expect(model.queueLines.count == 1)
    #expect(model.queueLines[0].hasPrefix("Originals: 1"))
    li.phone.settings.isOnWifi = true
    await model.syncNow()
    #expect(model.queueLines == ["Everything is sent"])
  }

  @Test func withoutANetworkTheScreenSaysWhatToDo() async throws {
    let li = try await Desk.of("li")
    let phone = Phone(li.phone.redvest, over: NoNetwork(), settings: li.phone.settings, language: .zhHans)
    let model = SyncModel(phone)
    await model.syncNow()
    #expect(model.trouble?.code == "unreachable" || model.trouble?.retry == true)
    #expect(model.text(of: try #require(model.sessions.first)).contains(model.trouble?.zh ?? "?"))
  }

  @Test func theDiagnosticNamesNobody() async throws {
    let li = try await Desk.of("li")
    _ = try await li.report(words: "张三的摊位")
    let file = try #require(await SyncModel(li.phone).diagnostic())
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(!text.contains("张三") && !text.contains("李红"))
    _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
  }

  @Test func progressIsShownWhileASyncRuns() async throws {
    let li = try await Desk.of("li")
    let model = SyncModel(li.phone)
    #expect(model.progressLine == nil)
    let following = Task { await li.phone.follow() }
    try await li.sync()
    while model.isRunning || li.phone.syncing.bytes == 0 { await Task.yield() }
    #expect(model.progressLine == nil)
    #expect(li.phone.syncing.bytes > 0)
    following.cancel()
    await following.value
  }
}

/// A phone in a lift.
struct NoNetwork: HubTransport {
  func send(_ request: HttpRequest, sent: @escaping @Sendable (_ bytes: Int64) -> Void) async throws -> HttpReply {
    throw NoReply(.unreachable)
  }
}
