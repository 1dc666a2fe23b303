import Foundation
import Testing

@testable import RedVestKit

/// A phone of the tests: a folder of its own, which is opened again after the app was "killed". Folders stay until the root's
/// temporary folder goes with the run.
@MainActor
final class Desk {
  let folder: URL
  /// What the screens take for the time.
  let watch: Watch
  private(set) var phone: Phone

  private init(folder: URL, watch: Watch, phone: Phone) {
    self.folder = folder
    self.watch = watch
    self.phone = phone
  }

  /// A phone that nobody has enrolled.
  static func new() async throws -> Desk {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("desk-\(UUID().uuidString)")
    let watch = Watch()
    return Desk(folder: folder, watch: watch, phone: try await open(folder, watch))
  }

  /// A phone of somebody of the district, enrolled and synced.
  static func of(_ tag: String) async throws -> Desk {
    let desk = try await new()
    let code = try World.shared().code(for: tag)
    try await desk.phone.redvest.enrol(code: code, label: "test", over: desk.phone.transport)
    try await desk.sync()
    return desk
  }

  private static func open(_ folder: URL, _ watch: Watch) async throws -> Phone {
    let redvest = try await RedVest.open(folder: folder, vault: try platformVault(besides: folder))
    let settings = Settings(UserDefaults(suiteName: UUID().uuidString) ?? .standard)
    return Phone(redvest, over: URLSessionTransport(), settings: settings, language: .en) { watch.now }
  }

  /// Drops everything that the app held and opens the data again, as after its death.
  func kill() async throws {
    await phone.redvest.close()
    phone = try await Desk.open(folder, watch)
  }

  @discardableResult
  func sync() async throws -> Summary {
    let summary = try await phone.sync()
    try #require(summary.failure == nil, "\(summary.failure?.code ?? "")")
    return summary
  }

  /// Whether this phone holds what the hub holds for it.
  func isEqualToHub() async throws -> Bool {
    let account = try #require(try await phone.redvest.account())
    let own = try await phone.redvest.ask { try $0.digest() }
    let hubs = try World.shared().digests(for: account.device)
    return !own.isEmpty && own.allSatisfy { hubs[$0.key] == $0.digest }
  }

  /// A report with a photo, made through the screen, and sent.
  func report(
    _ search: String = "乱堆", in grid: String = "WG01", north: Int32 = 0, words: String = "test",
    place: String? = nil
  ) async throws -> TicketId {
    let model = ReportModel(phone)
    await model.begin()
    await model.add(photo: try picture())
    await model.find(search)
    await model.choose(try #require(model.catalogue?.groups.first?.categories.first))
    await model.settle(fix(in: grid, north: north))
    await model.change { ($0.words, $0.place) = (words, place) }
    await model.save()
    let saved = try #require(model.saved, "\(model.needLines) \(model.trouble?.en ?? "")")
    try await sync()
    return saved.ticket
  }

  /// A ticket's screen, after a sync.
  func opened(_ ticket: TicketId) async throws -> TicketModel {
    try await sync()
    let model = TicketModel(phone, ticket: ticket)
    await model.load()
    _ = try #require(model.detail)
    return model
  }

  /// The form of an act on a ticket, after a sync.
  func form(_ act: Act, on ticket: TicketId) async throws -> (model: TicketModel, form: ActForm) {
    let model = try await opened(ticket)
    await model.open(act)
    return (model, try #require(model.form, "\(act)"))
  }

  /// A picture that no other is like, as a file that a camera might have left.
  func picture(_ side: Int = 320) throws -> URL {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("picture-\(UUID().uuidString).png")
    try png(side: side).write(to: file)
    return file
  }
}

/// The system's clock until a test turns it. The core has its own.
final class Watch: @unchecked Sendable {
  private let lock = NSLock()
  private var ahead: TimeInterval = 0

  var now: Date { lock.withLock { Date().addingTimeInterval(ahead) } }

  /// Lets so many seconds pass at once.
  func pass(_ seconds: TimeInterval) {
    lock.withLock { ahead += seconds }
  }
}

/// A PNG of random greys, its content stored without compression.
func png(side: Int) -> Data {
  var rows = Data()
  for _ in 0..<side {
    rows.append(0)
    rows.append(contentsOf: (0..<side).map { _ in UInt8.random(in: 0...255) })
  }
  var zlib = Data([0x78, 0x01])
  var rest = rows[...]
  while !rest.isEmpty {
    let piece = rest.prefix(65_535)
    rest = rest.dropFirst(piece.count)
    let size = UInt16(piece.count)
    zlib.append(contentsOf: [rest.isEmpty ? 1 : 0, UInt8(size & 255), UInt8(size >> 8)])
    zlib.append(contentsOf: [UInt8(~size & 255), UInt8(~size >> 8)])
    zlib.append(piece)
  }
  var (a, b): (UInt32, UInt32) = (1, 0)
  for byte in rows {
    a = (a + UInt32(byte)) % 65_521
    b = (b + a) % 65_521
  }
  zlib.append(big(b << 16 | a))
  let header = big(UInt32(side)) + big(UInt32(side)) + Data([8, 0, 0, 0, 0])
  return Data([137, 80, 78, 71, 13, 10, 26, 10]) + chunk("IHDR", header) + chunk("IDAT", zlib) + chunk("IEND", Data())
}

private func big(_ number: UInt32) -> Data {
  withUnsafeBytes(of: number.bigEndian) { Data($0) }
}

private func chunk(_ name: String, _ content: Data) -> Data {
  let named = Data(name.utf8) + content
  var crc: UInt32 = ~0
  for byte in named {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  return big(UInt32(content.count)) + named + big(~crc)
}
