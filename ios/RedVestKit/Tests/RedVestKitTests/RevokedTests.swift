import Foundation
import Testing

@testable import RedVestKit

/// A phone that the office locks out while it sends.
@MainActor
@Suite(.enabled(if: World.isThere)) struct RevokedTests {
  @Test func aPhoneRevokedInTheMiddleOfAnUploadKeepsItsWorkAndSaysWhatToDo() async throws {
    let li = try await Desk.of("li")
    let ticket = try await li.report()
    let device = try #require(try await li.phone.redvest.account()).device
    let model = TicketModel(li.phone, ticket: ticket)
    await model.load()
    await model.open(.addEvidence)
    for _ in 0..<2 { await model.form?.add(photo: try li.picture(600)) }
    await model.submit()
    try #require(model.form == nil, "\(model.form?.trouble?.en ?? "")")
    // The event and what comes before files take far less, so that the line stands still amid the bytes of a photo.
    try World.shared().hold(after: 100_000)
    let phone = li.phone
    let syncing = Task { try await phone.sync() }
    try await Task.detached {
      defer { try? World.shared().release() }
      try World.shared().awaitHeld()
      try World.shared().revoke(device)
    }.value
    let summary = try await syncing.value
    #expect(summary.accepted == 1)
    #expect(summary.sent < 6)
    // A hub that refuses a body before it has read it may be heard as a broken line; the next sync hears why.
    #expect([nil, "device_revoked"].contains(summary.failure?.code))
    // Work goes on being kept.
    let said = "仍在现场"
    try await li.phone.redvest.ask { _ = try $0.comment(ticket: ticket, by: .saying(said)) }
    try await li.kill()
    let screen = SyncModel(li.phone)
    await screen.syncNow()
    #expect(screen.trouble?.code == "device_revoked")
    #expect(screen.trouble?.en == "This device was revoked; ask the office for a new enrolment code.")
    #expect(screen.trouble?.zh == "设备已停用，请联系创文办重新登记。")
    #expect(screen.text(of: try #require(screen.sessions.first)).contains("ask the office"))
    #expect(screen.queueLines.first == "Actions waiting: 1")
    #expect(screen.queueLines.count > 1, "\(screen.queueLines)")
    let home = HomeModel(li.phone)
    await home.load()
    #expect(home.warnings == [screen.trouble?.en])
    #expect(home.waitingLine.hasPrefix("Photos waiting: "))
    let after = TicketModel(li.phone, ticket: ticket)
    await after.load()
    #expect(after.detail?.photos.count == 3)
    let originals = after.detail?.photos.compactMap(\.originalPath) ?? []
    #expect(originals.filter { FileManager.default.fileExists(atPath: $0) }.count == 3)
    #expect(after.lines.last?.text == said)
    #expect(after.lines.last?.note == "waits to be sent")
    #expect(after.detail?.row.pending == 1)
  }

  @Test func aNetworkThatFailsIsNoReasonToCallTheOffice() async throws {
    let li = try await Desk.of("li")
    let phone = Phone(li.phone.redvest, over: NoNetwork(), settings: li.phone.settings, language: .en)
    #expect(try await phone.sync().failure != nil)
    let home = HomeModel(li.phone)
    await home.load()
    #expect(home.warnings.isEmpty)
  }
}
