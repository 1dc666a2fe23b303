import Foundation
import RedVestKit

/// A device of the story that is told in three languages, asked line by line on standard input: the words and the answers
/// are described in tests/tests/one_system/desk.rs.
actor Desk {
  private let transport = URLSessionTransport()
  private var phone: RedVest?
  private var runner: SyncRunner?

  struct Misunderstood: Error {}

  typealias Values = [(name: String, value: String)]

  private func open(_ folder: String) async throws {
    let folder = URL(fileURLWithPath: folder)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let vault = fileVault(path: folder.appendingPathComponent("vault").path)
    let phone = try await RedVest.open(folder: folder.appendingPathComponent("data"), vault: vault)
    self.phone = phone
    runner = SyncRunner(phone, over: transport)
  }

  private func photos(_ paths: ArraySlice<String>, _ phone: RedVest) async throws -> [Hash] {
    var hashes: [Hash] = []
    for path in paths {
      hashes.append(try await phone.ask { try $0.importPhoto(path: path) }.hash)
    }
    return hashes
  }

  private func sync() async throws -> Values {
    guard let runner else { throw Misunderstood() }
    let done = try await runner.sync()
    let moved = done.accepted + done.changed + done.sent + done.fetched + done.refused + done.tooLate
    return [("moved", String(moved))] + (done.failure.map { [("failure", $0.code)] } ?? [])
  }

  private func show(_ ticket: TicketDetail) -> Values {
    let spoken = ticket.history.compactMap(\.words).map { ("words", $0) }
    let late = ticket.history.compactMap(\.late).map { ("late", $0.code) }
    return [("stage", String(describing: ticket.row.stage))] + spoken + late
  }

  /// What one command gives.
  func answer(to words: [String]) async throws -> Values {
    let (command, given) = (words[0], Array(words.dropFirst()))
    if command == "open" {
      try await open(given[0])
      return []
    }
    guard let phone else { throw Misunderstood() }
    switch command {
    case "enrol":
      try await phone.enrol(code: given[0], label: given[1], over: transport)
    case "sync":
      return try await sync()
    case "report":
      let request = Report(
        category: given[0], pin: nil, fix: nil, grid: given[1], photos: try await photos(given.dropFirst(3), phone),
        source: .patrol, recurs: nil, gateReason: "signal", place: nil, onTheSpot: nil, draft: nil)
      let done = try await phone.ask { try $0.report(request: request, by: By(acting: nil, words: given[2])) }
      return [("ticket", done.ticket)]
    case "accept":
      _ = try await phone.ask { try $0.accept(ticket: given[0], by: By(acting: nil, words: nil)) }
    case "rectify":
      let request = Rectify(
        outcome: .rectified, photos: try await photos(given.dropFirst(2), phone), fix: nil, gateReason: "signal",
        draft: nil)
      _ = try await phone.ask {
        try $0.rectify(ticket: given[0], request: request, by: By(acting: nil, words: given[1]))
      }
    case "comment":
      _ = try await phone.ask { try $0.comment(ticket: given[0], by: By(acting: nil, words: given[1])) }
    case "pass":
      let request = Judge(rectification: nil, photos: [], fix: nil)
      _ = try await phone.ask { try $0.pass(ticket: given[0], request: request, by: By(acting: nil, words: nil)) }
    case "show":
      return show(try await phone.ask { try $0.ticket(ticket: given[0]) })
    case "digest":
      return try await phone.ask { try $0.digest() }.flatMap { [("key", $0.key), ("digest", $0.digest)] }
    default:
      throw Misunderstood()
    }
    return []
  }
}

func encoded(_ text: String) -> String {
  text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.intersection(.init(charactersIn: "\0"..."\u{7f}")))
    ?? ""
}

let desk = Desk()
while let line = readLine() {
  let words = line.split(separator: " ", omittingEmptySubsequences: false).map {
    String($0).removingPercentEncoding ?? ""
  }
  let said: String
  do {
    let values = try await desk.answer(to: words)
    said = (["ok"] + values.map { "\($0.name)=\(encoded($0.value))" }).joined(separator: " ")
  } catch {
    said = "error \(Said(error).code)"
  }
  // Not print, which keeps lines back when nobody looks at a screen.
  FileHandle.standardOutput.write(Data((said + "\n").utf8))
}
