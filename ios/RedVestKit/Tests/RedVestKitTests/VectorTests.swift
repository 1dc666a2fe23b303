import Foundation
import Testing

/// The data that ports are held to, read by code that knows nothing of the core.
@Suite struct VectorTests {
  private typealias Object = [String: Any]

  private func vectors(_ name: String) throws -> Object {
    let root = (1...5).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    let file = root.appendingPathComponent("tests/vectors/\(name).json")
    return try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? Object)
  }

  private func text(_ object: Object, _ name: String) throws -> String {
    try #require(object[name] as? String)
  }

  private func bytes(_ object: Object, _ name: String) throws -> [UInt8] {
    try bytes(text(object, name))
  }

  private func bytes(_ hex: String) throws -> [UInt8] {
    let digits = Array(hex.filter { $0 != "-" })
    return try stride(from: 0, to: digits.count, by: 2).map { at in
      try #require(UInt8(String(digits[at...at + 1]), radix: 16))
    }
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
  }

  /// Expects bytes to be those of a field, and gives them in hexadecimal digits.
  @discardableResult
  private func isSame(_ bytes: [UInt8], _ object: Object, _ name: String) throws -> String {
    let (found, expected) = (hex(bytes), try text(object, name))
    #expect(found == expected)
    return found
  }

  @Test func everyCommitFollowsTheOneBefore() throws {
    let commits = try #require(try vectors("events")["commits"] as? [Object])
    #expect(commits.count >= 30)
    for commit in commits {
      var hash = try text(commit, "hash_before")
      for event in try #require(commit["events"] as? [Object]) {
        let envelope = try text(event, "envelope")
        // The hash of the envelope before, and those of the contents, stand in the envelope as they are.
        let payload = hex(sha256(try bytes(event, "payload")))
        #expect(envelope.contains("035820" + hash))
        #expect(envelope.contains("055820" + payload))
        if let said = event["private"] as? String {
          let part = hex(sha256(try bytes(said)))
          #expect(envelope.contains("065820" + part))
        }
        hash = try isSame(sha256(bytes(envelope)), event, "envelope_hash")
      }
    }
  }

  @Test func digestsAreTheSumsOfTheirTerms() throws {
    let steps = try #require(try vectors("digests")["steps"] as? [Object])
    var digest = [UInt8](repeating: 0, count: 32)
    for step in steps {
      let event = sha256(try bytes(step, "envelope") + bytes(step, "stamp"))
      try isSame(event, step, "event_hash")
      let term = sha256(try bytes(step, "ticket") + event + bytes(step, "state_hash"))
      try isSame(term, step, "term")
      var carry = 0
      for at in digest.indices.reversed() {
        let sum = Int(digest[at]) + Int(term[at]) + carry
        (digest[at], carry) = (UInt8(sum & 255), sum >> 8)
      }
      try isSame(digest, step, "digest_with_it")
    }
  }
}
