import Foundation

#if os(iOS)
  /// The way of an app: messages at once, files so that they go on while the app is suspended.
  public struct PhoneTransport: HubTransport {
    /// The way of messages.
    public let messages: URLSessionTransport
    /// The way of files.
    public let files: BackgroundTransport

    /// Both ways.
    public init(messages: URLSessionTransport = URLSessionTransport(), files: BackgroundTransport) {
      self.messages = messages
      self.files = files
    }

    /// Sends a request and waits for its reply.
    public func send(
      _ request: HttpRequest, sent: @escaping @Sendable (_ bytes: Int64) -> Void
    ) async throws -> HttpReply {
      if case .file = request.body { return try await files.send(request, sent: sent) }
      return try await messages.send(request, sent: sent)
    }
  }

  /// A way to hubs whose requests the system carries on while the app is suspended: bodies lie in files, replies come as
  /// files. A request that ends after the app's death is simply made again by the next sync, which asks the hub how much
  /// of an upload it has.
  ///
  /// Written for long uploads; messages are faster over ``URLSessionTransport``.
  public final class BackgroundTransport: HubTransport {
    private let exchanges = Exchanges()
    private let session: URLSession

    /// A way under this identifier, the same in every life of the app.
    public init(identifier: String = "cn.redvest.uploads") {
      let settings = URLSessionConfiguration.background(withIdentifier: identifier)
      settings.sessionSendsLaunchEvents = true
      settings.isDiscretionary = false
      settings.httpCookieStorage = nil
      settings.urlCache = nil
      session = URLSession(configuration: settings, delegate: exchanges, delegateQueue: nil)
    }

    deinit {
      session.finishTasksAndInvalidate()
    }

    /// What the app's delegate was given when the system woke it for this session; called when everything was told.
    public func whenToldAll(_ done: @escaping @Sendable () -> Void) {
      exchanges.whenToldAll(done)
    }

    /// Sends a request and waits for its reply.
    public func send(
      _ request: HttpRequest, sent: @escaping @Sendable (_ bytes: Int64) -> Void
    ) async throws -> HttpReply {
      let outgoing = try request.outgoing()
      let body = try UploadBody(request.body).asFile()
      defer { body.remove() }
      let exchange = Exchange(request, sent: sent)
      return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
          // A background session knows no plain data tasks.
          let task: URLSessionTask =
            if case .none = body {
              session.downloadTask(with: outgoing)
            } else {
              body.task(in: session, for: outgoing)
            }
          exchanges.add(exchange, of: task)
          exchange.begin(task, continuation)
        }
      } onCancel: {
        exchange.cancel()
      }
    }
  }

  extension UploadBody {
    /// The same body in a file.
    fileprivate func asFile() throws -> UploadBody {
      guard case .bytes(let bytes) = self else { return self }
      let file = FileManager.default.temporaryDirectory.appendingPathComponent("redvest-\(UUID().uuidString)")
      do {
        try bytes.write(to: file)
      } catch {
        throw NoReply(.broken)
      }
      return .file(file, isOurs: true)
    }
  }

  extension Exchanges: URLSessionDownloadDelegate {
    func urlSession(
      _ session: URLSession, downloadTask: URLSessionDownloadTask, didFinishDownloadingTo location: URL
    ) {
      guard let exchange = exchange(of: downloadTask) else { return }
      let isTaken = downloadTask.response.map { exchange.take($0) } ?? false
      // The file is the system's and goes when this returns; what is longer than was asked for is not read.
      guard isTaken, let from = try? FileHandle(forReadingFrom: location) else { return exchange.fail(.broken) }
      defer { try? from.close() }
      while let piece = try? from.read(upToCount: 1 << 20), !piece.isEmpty {
        guard exchange.take(piece) else { return exchange.fail(.broken) }
      }
    }

    func urlSessionDidFinishEvents(forBackgroundURLSession session: URLSession) {
      takeToldAll()?()
    }
  }
#endif
