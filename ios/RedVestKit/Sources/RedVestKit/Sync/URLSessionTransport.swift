import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The way to hubs over `URLSession`. Safe from several tasks; connections are kept.
///
/// On Apple's platforms certificates are pinned by the SHA-256 of their DER. Foundation on Linux hands no certificate out,
/// so there a request with a pin is refused with `certificate` rather than sent on trust: Linux, where the kit's tests
/// run, speaks plain HTTP on loopback alone.
public final class URLSessionTransport: HubTransport {
  private let exchanges = Exchanges()
  private let session: URLSession

  /// A way with these limits. `isCellularAllowed` is the user's choice; `silence` is the longest time in seconds in which
  /// nothing comes: a hub under load answers late but does answer.
  public init(isCellularAllowed: Bool = true, silence: TimeInterval = 90) {
    let settings = URLSessionConfiguration.ephemeral
    settings.timeoutIntervalForRequest = silence
    settings.allowsCellularAccess = isCellularAllowed
    settings.requestCachePolicy = .reloadIgnoringLocalCacheData
    settings.urlCache = nil
    settings.httpCookieStorage = nil
    settings.httpShouldSetCookies = false
    settings.httpMaximumConnectionsPerHost = 4
    session = URLSession(configuration: settings, delegate: exchanges, delegateQueue: nil)
  }

  deinit {
    // The session keeps its delegate until it is told that nothing follows.
    session.finishTasksAndInvalidate()
  }

  /// Sends a request and waits for its reply.
  public func send(
    _ request: HttpRequest, sent: @escaping @Sendable (_ bytes: Int64) -> Void
  ) async throws -> HttpReply {
    let outgoing = try request.outgoing()
    #if !canImport(Security)
      if request.pin != nil, outgoing.url?.scheme == "https" { throw NoReply(.certificate) }
    #endif
    let body = try UploadBody(request.body)
    defer { body.remove() }
    let exchange = Exchange(request, sent: sent)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let task = body.task(in: session, for: outgoing)
        exchanges.add(exchange, of: task)
        exchange.begin(task, continuation)
      }
    } onCancel: {
      exchange.cancel()
    }
  }
}

/// A request's body in the form in which a session takes it.
enum UploadBody: Sendable {
  case none
  case bytes(Data)
  /// A file of its own; `isOurs` if it is to be removed afterwards.
  case file(URL, isOurs: Bool)

  /// - Throws: ``NoReply`` if the file cannot be read.
  init(_ body: HttpBody) throws {
    switch body {
    case .empty:
      self = .none
    case .bytes(let bytes):
      self = .bytes(bytes)
    case .file(let path, let offset, let length):
      do {
        self = try UploadBody.part(of: URL(fileURLWithPath: path), from: offset, length: length)
      } catch {
        throw NoReply(.broken)
      }
    }
  }

  #if canImport(Darwin)
    /// Only a file can be sent while the app is suspended, and only a whole one, so a part becomes a file of its own.
    private static func part(of file: URL, from offset: UInt64, length: UInt64) throws -> UploadBody {
      let size = try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
      if offset == 0, length == UInt64(size) { return .file(file, isOurs: false) }
      let part = FileManager.default.temporaryDirectory.appendingPathComponent("redvest-\(UUID().uuidString)")
      guard FileManager.default.createFile(atPath: part.path, contents: nil) else { throw NoReply(.broken) }
      let (from, to) = (try FileHandle(forReadingFrom: file), try FileHandle(forWritingTo: part))
      defer {
        try? from.close()
        try? to.close()
      }
      try from.seek(toOffset: offset)
      var left = length
      while left > 0 {
        guard let piece = try from.read(upToCount: Int(min(left, 1 << 20))), !piece.isEmpty else {
          try? FileManager.default.removeItem(at: part)
          throw NoReply(.broken)
        }
        try to.write(contentsOf: piece)
        left -= UInt64(piece.count)
      }
      return .file(part, isOurs: true)
    }
  #else
    /// Foundation on Linux ends the process when a hub answers before it has read a file to its end; bytes it bears.
    private static func part(of file: URL, from offset: UInt64, length: UInt64) throws -> UploadBody {
      let from = try FileHandle(forReadingFrom: file)
      defer { try? from.close() }
      try from.seek(toOffset: offset)
      let bytes = try from.read(upToCount: Int(length)) ?? Data()
      guard bytes.count == Int(length) else { throw NoReply(.broken) }
      return .bytes(bytes)
    }
  #endif

  func task(in session: URLSession, for request: URLRequest) -> URLSessionTask {
    switch self {
    case .none: session.dataTask(with: request)
    case .bytes(let bytes): session.uploadTask(with: request, from: bytes)
    case .file(let file, _): session.uploadTask(with: request, fromFile: file)
    }
  }

  func remove() {
    if case .file(let file, isOurs: true) = self { try? FileManager.default.removeItem(at: file) }
  }
}
