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
    let photo = try li.picture(900)
    let model = TicketModel(li.phone, ticket: ticket)
    await model.load()
    await model.open(.addEvidence)
    await model.form?.add(photo: photo)
    await model.submit()
    try #require(model.form == nil, "\(model.form?.trouble?.en ?? "")")
    // The events have gone and files are on their way when the office ends the phone.
    let line = Revoking(URLSessionTransport(), device)
    let phone = Phone(li.phone.redvest, over: line, settings: li.phone.settings, language: .en)
    let summary = try await phone.sync()
    #expect(line.isRevoked)
    #expect(summary.accepted == 1)
    #expect(summary.sent < 3)
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
    #expect(after.detail?.photos.count == 2)
    let originals = after.detail?.photos.compactMap(\.originalPath) ?? []
    #expect(originals.filter { FileManager.default.fileExists(atPath: $0) }.count == 2)
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

/// A line on which the office ends the phone just before the first piece of a file goes out.
private final class Revoking: HubTransport, @unchecked Sendable {
  private let line: any HubTransport
  private let device: DeviceId
  private let lock = NSLock()
  private var isDone = false

  var isRevoked: Bool { lock.withLock { isDone } }

  init(_ line: any HubTransport, _ device: DeviceId) {
    (self.line, self.device) = (line, device)
  }

  private func revoke() throws {
    // Under the lock, so that no other piece slips past.
    try lock.withLock {
      if !isDone { try World.shared().revoke(device) }
      isDone = true
    }
  }

  func send(_ request: HttpRequest, sent: @escaping @Sendable (_ bytes: Int64) -> Void) async throws -> HttpReply {
    if request.method == "PATCH" { try revoke() }
    return try await line.send(request, sent: sent)
  }
}
