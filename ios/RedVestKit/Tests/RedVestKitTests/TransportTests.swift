import Foundation
import Testing

@testable import RedVestKit

@Suite struct TransportTests {
  private func request(
    _ url: String, method: String = "GET", pin: String? = nil, body: HttpBody = .empty, saveTo: URL? = nil,
    most: UInt64 = 1 << 20
  ) -> HttpRequest {
    let headers = [HttpHeader(name: "redvest-protocol", value: "1")]
    return HttpRequest(
      id: 1, method: method, url: url, pin: pin, headers: headers, body: body, saveTo: saveTo?.path, most: most)
  }

  private func failure(_ request: HttpRequest) async -> NetFailure? {
    do {
      _ = try await URLSessionTransport().send(request) { _ in }
      return nil
    } catch {
      return (error as? NoReply)?.why
    }
  }

  private var newFile: URL {
    FileManager.default.temporaryDirectory.appendingPathComponent("reply-\(UUID().uuidString)")
  }

  @Test func onlyThisMachineIsReachedWithoutTls() async {
    #expect(await failure(request("http://example.org/v1/hello")) == .certificate)
    #expect(await failure(request("http://127.example.org/v1/hello")) == .certificate)
    #expect(await failure(request("ftp://127.0.0.1/")) == .certificate)
    #expect(await failure(request("not an address at all")) != nil)
  }

  @Test func aHubThatIsNotThereIsUnreachable() async {
    #expect(await failure(request("http://127.0.0.1:1/v1/hello")) == .unreachable)
  }

  #if !canImport(Security)
    @Test func aPinThatCannotBeCheckedIsNeverTrusted() async {
      #expect(await failure(request("https://127.0.0.1:1/", pin: String(repeating: "0", count: 64))) == .certificate)
    }
  #endif

  @Test func aFileThatIsNotThereIsNoReply() async {
    let body = HttpBody.file(path: newFile.path, offset: 0, length: 10)
    #expect(await failure(request("http://127.0.0.1:1/", method: "PATCH", body: body)) == .broken)
  }

  @Test(.enabled(if: World.isThere)) func aReplyComesWithItsHeadersInMemory() async throws {
    let hub = try World.shared().hub
    let reply = try await URLSessionTransport().send(request(hub + "/v1/hello")) { _ in }
    #expect(reply.status == 200)
    #expect(reply.body?.isEmpty == false)
    #expect(reply.headers.contains { $0.name == "content-type" })
  }

  @Test(.enabled(if: World.isThere)) func aReplyIsSavedWholeOrNotAtAll() async throws {
    let hub = try World.shared().hub
    let file = newFile
    let reply = try await URLSessionTransport().send(request(hub + "/v1/hello", saveTo: file)) { _ in }
    #expect(reply.body == nil)
    #expect(try Data(contentsOf: file).isEmpty == false)
    // What lies there already is not written over.
    #expect(await failure(request(hub + "/v1/hello", saveTo: file)) == .broken)
    let short = newFile
    #expect(await failure(request(hub + "/v1/hello", saveTo: short, most: 4)) == .broken)
    #expect(!FileManager.default.fileExists(atPath: short.path))
    #expect(await failure(request(hub + "/v1/hello", most: 4)) == .broken)
  }

  @Test(.enabled(if: World.isThere)) func aRefusalIsAReplyInMemory() async throws {
    let hub = try World.shared().hub
    let file = newFile
    let reply = try await URLSessionTransport().send(request(hub + "/v1/nothing", saveTo: file)) { _ in }
    #expect(reply.status == 401)
    #expect(reply.body != nil)
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test func aReportOfBytesSentIsAddedUp() async throws {
    var meter = SpeedMeter()
    let start = Date(timeIntervalSince1970: 1_000)
    #expect(meter.speed(0, at: start) == nil)
    #expect(meter.speed(2_000, at: start.addingTimeInterval(1)) == 2_000)
    #expect(meter.speed(2_000, at: start.addingTimeInterval(10)) == nil)
  }
}
