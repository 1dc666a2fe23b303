import Foundation

/// RedVest on one phone: what its user does, what its screens show, and its syncs.
///
/// Open one and keep it as long as the app lives; a second one on the same folder is refused with `already_open`. A call
/// that writes is durable when it returns. Nothing here waits for a network except what takes a ``HubTransport``.
public actor RedVest {
  private nonisolated let device: Device
  private nonisolated let bell: Bell
  /// Every call may wait for the disk. Threads of their own keep those waits off the screen's thread and off the few
  /// threads that all `async` code of an app shares.
  private nonisolated let queue = DispatchQueue(label: "cn.redvest.core", qos: .userInitiated, attributes: .concurrent)
  /// Giving files up and taking them again happen in the order in which they were asked for.
  private nonisolated let turns = DispatchQueue(label: "cn.redvest.turns", qos: .userInitiated)

  /// How many pieces of background work need the files now.
  private var atWork = 0
  private var inBackground = false

  private init(device: Device, bell: Bell) {
    self.device = device
    self.bell = bell
  }

  /// Opens a data folder; it is created if it is missing. Keys lie in `vault`; `clock` is what counts on while the phone
  /// sleeps, and ``SystemBootClock`` unless a test says otherwise.
  public static func open(
    folder: URL, vault: any KeyVault, clock: any BootClock = SystemBootClock()
  ) async throws -> RedVest {
    let bell = Bell()
    let device = try await Task.detached {
      let device = try Device.open(folder: folder.path, vault: vault, clock: clock)
      try device.listen(listener: bell)
      return device
    }.value
    return RedVest(device: device, bell: bell)
  }

  /// Asks the core something, or tells it what the user did, away from the thread that asks.
  public nonisolated func ask<Answer: Sendable>(
    _ work: @escaping @Sendable (Device) throws -> Answer
  ) async throws -> Answer {
    let device = device
    return try await away { try work(device) }
  }

  /// Runs work that may wait for the disk on a thread of the core's own.
  nonisolated func away<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
    try await wait(on: queue, for: work)
  }

  private nonisolated func wait<Answer: Sendable>(
    on queue: DispatchQueue, for work: @escaping @Sendable () throws -> Answer
  ) async throws -> Answer {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try work() }) }
    }
  }

  private nonisolated func resume() async throws {
    try await wait(on: turns) { [device] in try device.resume() }
  }

  /// Rings whenever something on this phone changed, by whomever; it says nothing about what. Several changes may ring
  /// once, the last is never missed, and it is at most ten times a second. Ends when this is closed.
  public nonisolated func changes() -> AsyncStream<Void> {
    bell.stream()
  }

  /// Whose device this is; nothing until it is enrolled.
  public func account() async throws -> Account? {
    try await ask { try $0.account() }
  }

  /// Gives up every lock and file, as iOS demands of an app in the background; calls are refused with `suspended` until
  /// ``enterForeground()``, but for those within ``whileAwake(_:)``. Returns when none is held.
  public func enterBackground() async throws {
    inBackground = true
    try await rest()
  }

  /// Takes the files again.
  public func enterForeground() async throws {
    inBackground = false
    try await resume()
  }

  /// Does background work: the files are taken before it, and given up after the last of such works unless the app has
  /// come to the foreground meanwhile.
  public func whileAwake<Answer: Sendable>(
    _ work: @escaping @Sendable () async throws -> Answer
  ) async throws -> Answer {
    atWork += 1
    let result: Result<Answer, any Error>
    do {
      try await resume()
      result = .success(try await work())
    } catch {
      result = .failure(error)
    }
    atWork -= 1
    try await rest()
    return try result.get()
  }

  private func rest() async throws {
    guard inBackground, atWork == 0 else { return }
    try await wait(on: turns) { [device] in try device.suspend() }
  }

  /// Ends a running sync, waits for running calls, and gives everything up; later calls are refused with `closed`. The
  /// folder can be opened again at once. Closing twice is no fault.
  public func close() async {
    let device = device
    // Closing has no error of its own.
    try? await away { device.close() }
    bell.end()
  }
}
