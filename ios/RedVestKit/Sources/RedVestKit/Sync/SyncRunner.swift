import Foundation

/// Where the sync of a phone stands, as a screen shows it.
public struct SyncState: Sendable, Equatable {
  /// Whether one is under way.
  public var isRunning = false
  /// What it is at, once it said so.
  public var progress: SyncProgress?
  /// Bytes that its requests sent so far.
  public var bytes: Int64 = 0
  /// What the last one did, in this life of the app.
  public var last: Summary?
}

/// Syncs a phone with its hub: one sync at a time, up to four requests under way at once.
///
/// A sync may end at any moment, by a cancelled task, a lost network or the death of the app; the next one goes on where it
/// stood.
public actor SyncRunner {
  private let redvest: RedVest
  private let transport: any HubTransport
  private let board = Board()
  private var running: Task<Summary, any Error>?
  private var waiting: Set<UUID> = []
  private var failures: UInt32 = 0

  /// A runner; a phone needs one.
  public init(_ redvest: RedVest, over transport: any HubTransport) {
    self.redvest = redvest
    self.transport = transport
  }

  /// Where syncs stand, now and whenever that changes.
  public nonisolated func states() -> AsyncStream<SyncState> {
    board.stream()
  }

  /// Syncs, and returns what was done. Whoever asks while one is under way waits for that one. When every task that
  /// waits is cancelled, the sync is.
  ///
  /// A network or a hub that does not work is no error: the summary says so, and when to try again.
  ///
  /// - Throws: The core's errors, such as `not_enrolled` or `suspended`.
  public func sync(originals: Bool = true) async throws -> Summary {
    let task = running ?? begin(originals: originals)
    let mine = UUID()
    waiting.insert(mine)
    defer { waiting.remove(mine) }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      Task { await self.leave(mine) }
    }
  }

  /// Waits for the end of a sync that is under way; a cancelled task ends it.
  public func finish() async {
    guard let running else { return }
    await withTaskCancellationHandler {
      _ = await running.result
    } onCancel: {
      running.cancel()
    }
  }

  /// Ends a sync that is under way.
  public func cancel() {
    running?.cancel()
  }

  private func leave(_ waiter: UUID) {
    // One that has its summary already has left before.
    guard waiting.remove(waiter) != nil, waiting.isEmpty else { return }
    running?.cancel()
  }

  private func begin(originals: Bool) -> Task<Summary, any Error> {
    let options = SessionOptions(originals: originals, reviewCopies: false, failures: failures, pageBytes: 512 << 10)
    board.change { $0 = SyncState(isRunning: true, last: $0.last) }
    let task = Task { [redvest, transport, board] in
      let drive = Drive(redvest: redvest, transport: transport, board: board)
      let result = await Result { try await drive.run(options) }
      ended(result)
      return try result.get()
    }
    running = task
    return task
  }

  private func ended(_ result: Result<Summary, any Error>) {
    running = nil
    if case .success(let summary) = result { failures = summary.failure == nil ? 0 : failures + 1 }
    board.change { state in
      state.isRunning = false
      if case .success(let summary) = result { state.last = summary }
    }
  }
}

extension Result where Failure == any Error {
  fileprivate init(_ work: () async throws -> Success) async {
    do {
      self = .success(try await work())
    } catch {
      self = .failure(error)
    }
  }
}

/// Drives one session from its first request to its end.
private struct Drive {
  typealias Outcome = (id: UInt64, result: Result<HttpReply, NoReply>)

  let redvest: RedVest
  let transport: any HubTransport
  let board: Board

  func run(_ options: SessionOptions) async throws -> Summary {
    let session = try await redvest.ask { try $0.beginSync(options: options) }
    // Whatever happens, the next sync may begin.
    defer { session.cancel() }
    return try await withThrowingTaskGroup(of: Outcome.self) { group in
      while true {
        switch try await redvest.away({ try session.next() }) {
        case .send(let request):
          group.addTask { (request.id, await answer(to: request)) }
        case .await:
          guard let (id, result) = try await group.next() else { throw NoReply(.broken) }
          let progress = try await redvest.away {
            switch result {
            case .success(let reply): try session.feed(id: id, reply: reply)
            case .failure(let failure): try session.fail(id: id, failure: failure.why)
            }
            return try session.progress()
          }
          board.change { $0.progress = progress }
        case .done(let summary):
          group.cancelAll()
          return summary
        }
      }
    }
  }

  private func answer(to request: HttpRequest) async -> Result<HttpReply, NoReply> {
    if Task.isCancelled { return .failure(NoReply(.cancelled)) }
    do {
      return .success(try await transport.send(request) { bytes in board.change { $0.bytes += bytes } })
    } catch {
      return .failure(error as? NoReply ?? NoReply(.broken))
    }
  }
}

/// What is shown of syncs, and who looks at it.
private final class Board: @unchecked Sendable {
  private let lock = NSLock()
  private var state = SyncState()
  private var lookers: [UUID: AsyncStream<SyncState>.Continuation] = [:]

  func change(_ change: (inout SyncState) -> Void) {
    // Told under the lock, so that nobody hears of the older state last.
    lock.withLock {
      change(&state)
      for looker in lookers.values { looker.yield(state) }
    }
  }

  func stream() -> AsyncStream<SyncState> {
    let (stream, continuation) = AsyncStream.makeStream(of: SyncState.self, bufferingPolicy: .bufferingNewest(1))
    let mine = UUID()
    lock.withLock {
      lookers[mine] = continuation
      continuation.yield(state)
    }
    continuation.onTermination = { [weak self] _ in
      guard let self else { return }
      lock.withLock { _ = self.lookers.removeValue(forKey: mine) }
    }
    return stream
  }
}
