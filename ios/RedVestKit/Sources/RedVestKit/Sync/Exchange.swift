import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One request under way and what came back of it so far.
final class Exchange: @unchecked Sendable {
  /// Longest body of a reply that is not what was asked for.
  private static let mostOfProblem: UInt64 = 64 << 10

  let request: HttpRequest
  let sent: @Sendable (Int64) -> Void
  /// The session calls on several threads, one after the other; a cancelling task calls at any time.
  private let lock = NSLock()
  private var task: URLSessionTask?
  private var continuation: CheckedContinuation<HttpReply, any Error>?
  private var isCancelled = false
  private var failure: NetFailure?
  private var response: HTTPURLResponse?
  private var body = Data()
  private var file: FileHandle?
  private var received: UInt64 = 0

  init(_ request: HttpRequest, sent: @escaping @Sendable (Int64) -> Void) {
    self.request = request
    self.sent = sent
  }

  func begin(_ task: URLSessionTask, _ continuation: CheckedContinuation<HttpReply, any Error>) {
    let isCancelled = lock.withLock {
      self.task = task
      self.continuation = continuation
      return self.isCancelled
    }
    task.resume()
    // A task that is cancelled before it was resumed would not report its end.
    if isCancelled { task.cancel() }
  }

  func cancel() {
    let task = lock.withLock {
      isCancelled = true
      return self.task
    }
    task?.cancel()
  }

  /// Ends the request with this failure, whatever the session says of it later.
  func fail(_ failure: NetFailure) {
    lock.withLock { self.failure = self.failure ?? failure }
    cancel()
  }

  private var wantsFile: String? {
    guard let response, (200..<300).contains(response.statusCode) else { return nil }
    return request.saveTo
  }

  /// Takes the head of the reply; false if it cannot be taken.
  func take(_ response: URLResponse) -> Bool {
    lock.withLock {
      guard let response = response as? HTTPURLResponse else { return false }
      self.response = response
      guard let path = wantsFile else { return true }
      // The file is new: what lies there already is never written over.
      guard !FileManager.default.fileExists(atPath: path),
        FileManager.default.createFile(atPath: path, contents: nil),
        let handle = FileHandle(forWritingAtPath: path)
      else { return false }
      file = handle
      return true
    }
  }

  /// Takes a piece of the reply's body; false if it is too long or cannot be kept.
  func take(_ piece: Data) -> Bool {
    lock.withLock {
      received += UInt64(piece.count)
      let isWanted = response.map { (200..<300).contains($0.statusCode) } ?? false
      guard received <= (isWanted || request.saveTo == nil ? request.most : Exchange.mostOfProblem) else {
        return false
      }
      guard let file else {
        body.append(piece)
        return true
      }
      return (try? file.write(contentsOf: piece)) != nil
    }
  }

  /// Ends it, well or not.
  func end(_ error: (any Error)?) {
    lock.lock()
    let (waiting, result) = (continuation, settle(error))
    continuation = nil
    lock.unlock()
    waiting?.resume(with: result)
  }

  private func settle(_ error: (any Error)?) -> Result<HttpReply, any Error> {
    let savedTo = file != nil ? request.saveTo : nil
    let isClosed = file.map { (try? $0.close()) != nil } ?? true
    guard failure == nil, error == nil, isClosed, let response else {
      // Nothing is left behind when it does not arrive whole.
      if let savedTo { try? FileManager.default.removeItem(atPath: savedTo) }
      if let failure { return .failure(NoReply(failure)) }
      return .failure(error.map(NoReply.init) ?? NoReply(.broken))
    }
    let headers = response.redvestHeaders(for: body)
    return .success(
      HttpReply(status: UInt16(clamping: response.statusCode), headers: headers, body: savedTo == nil ? body : nil))
  }
}

extension HTTPURLResponse {
  /// The headers. Some systems unpack a compressed body and leave its header standing, so the header goes where the body
  /// does not begin as zstd does.
  fileprivate func redvestHeaders(for body: Data) -> [HttpHeader] {
    allHeaderFields.compactMap { name, value in
      guard let name = name as? String, let value = value as? String else { return nil }
      let isUnpacked = name.lowercased() == "content-encoding" && !body.starts(with: [0x28, 0xB5, 0x2F, 0xFD])
      return isUnpacked ? nil : HttpHeader(name: name.lowercased(), value: value)
    }
  }
}
