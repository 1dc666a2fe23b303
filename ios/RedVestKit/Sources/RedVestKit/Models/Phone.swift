import Foundation
import Observation

/// What all screens share: the data, the sync, the language, the settings.
@MainActor
@Observable
public final class Phone {
  /// The data.
  public let redvest: RedVest
  /// The way to hubs.
  public let transport: any HubTransport
  /// Syncs.
  public let runner: SyncRunner
  /// What the user chose.
  public let settings: Settings
  /// The language of the screens.
  public var language: Language
  /// What time it is.
  @ObservationIgnored public let now: @Sendable () -> Date
  /// What sends something urgent even if the app leaves the screen at once; ``BackgroundSync`` says so.
  @ObservationIgnored var sendUrgently: (@MainActor () async -> Void)?
  /// Where syncs stand.
  public private(set) var syncing = SyncState()

  /// A phone over its data. `now` is the system's clock unless a test says otherwise.
  public init(
    _ redvest: RedVest, over transport: any HubTransport, settings: Settings = Settings(),
    language: Language = .preferred(), now: @escaping @Sendable () -> Date = { Date() }
  ) {
    self.redvest = redvest
    self.transport = transport
    self.settings = settings
    self.language = language
    self.now = now
    runner = SyncRunner(redvest, over: transport)
  }

  /// Words in the language of the screens.
  public var wording: Wording { Wording(language) }

  /// Keeps ``syncing`` up to date as long as the task lives.
  public func follow() async {
    for await state in runner.states() { syncing = state }
  }

  /// Syncs now, as the settings allow it. What the network does is in the summary.
  @discardableResult
  public func sync() async throws -> Summary {
    try await runner.sync(originals: settings.allowsOriginals)
  }

  /// Syncs without anybody waiting for it; what comes of it is seen in ``syncing``.
  public func syncSoon() {
    Task { try? await sync() }
  }

  /// Sends what was just done: at once if it is urgent, soon on duty, else with the next sync.
  func done(isUrgent: Bool = false) {
    if isUrgent, let sendUrgently {
      Task { await sendUrgently() }
    } else if isUrgent || settings.isOnDuty {
      syncSoon()
    }
  }
}

/// What the user chose on this phone.
@MainActor
@Observable
public final class Settings {
  @ObservationIgnored private let defaults: UserDefaults

  /// On duty: syncs run every minute while the app is open, and as often as the system lets them otherwise.
  public var isOnDuty: Bool {
    didSet { defaults.set(isOnDuty, forKey: Name.duty) }
  }

  /// Originals of photos wait for Wi-Fi; thumbnails and review copies never do.
  public var originalsOnWifiOnly: Bool {
    didSet { defaults.set(originalsOnWifiOnly, forKey: Name.wifi) }
  }

  /// Whether the network is Wi-Fi or otherwise free; the app says so when it changes.
  public var isOnWifi = true

  /// Settings kept in these defaults.
  public init(_ defaults: UserDefaults = .standard) {
    self.defaults = defaults
    isOnDuty = defaults.bool(forKey: Name.duty)
    originalsOnWifiOnly = defaults.object(forKey: Name.wifi) as? Bool ?? true
  }

  /// Whether originals may go now.
  public var allowsOriginals: Bool { isOnWifi || !originalsOnWifiOnly }

  private enum Name {
    static let duty = "redvest.duty"
    static let wifi = "redvest.originals-on-wifi"
  }
}

/// A model that can say what went wrong.
@MainActor
protocol Troubled: AnyObject {
  var trouble: Said? { get set }
}

extension Troubled {
  /// Does what the user wants; an error becomes the sentence to show. What was merely called off says nothing.
  func attempt<Value: Sendable>(_ work: @MainActor () async throws -> Value) async -> Value? {
    trouble = nil
    do {
      return try await work()
    } catch is CancellationError {
      return nil
    } catch {
      trouble = Said(error)
      return nil
    }
  }

  /// Asks for what is shown. That it works now takes back that it did not before, and nothing that an act came to.
  func consult<Value: Sendable>(_ work: @MainActor () async throws -> Value) async -> Value? {
    do {
      let value = try await work()
      if trouble?.isOfLooking == true { trouble = nil }
      return value
    } catch is CancellationError {
      return nil
    } catch {
      var said = Said(error)
      said.isOfLooking = true
      if trouble == nil { trouble = said }
      return nil
    }
  }
}

extension Phone {
  /// Loads now and whenever something changed, as long as the task lives.
  func follow(_ load: @MainActor () async -> Void) async {
    let changes = redvest.changes()
    await load()
    for await _ in changes { await load() }
  }
}
