import Foundation

/// Passes the core's one ring on to everybody who listens.
final class Bell: ChangeListener, @unchecked Sendable {
  private let lock = NSLock()
  private var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
  private var next = 0
  private var isOver = false

  func changed() {
    for listener in lock.withLock({ Array(listeners.values) }) { listener.yield() }
  }

  func stream() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    lock.withLock {
      guard !isOver else { return continuation.finish() }
      let mine = next
      next += 1
      listeners[mine] = continuation
      continuation.onTermination = { [weak self] _ in self?.forget(mine) }
    }
    return stream
  }

  /// Ends every stream, and every one that is asked for later.
  func end() {
    let all = lock.withLock {
      isOver = true
      defer { listeners = [:] }
      return Array(listeners.values)
    }
    for listener in all { listener.finish() }
  }

  private func forget(_ listener: Int) {
    lock.withLock { _ = listeners.removeValue(forKey: listener) }
  }
}
