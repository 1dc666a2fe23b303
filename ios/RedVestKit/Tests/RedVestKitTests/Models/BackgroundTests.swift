import Foundation
import Testing

@testable import RedVestKit

@MainActor
@Suite struct BackgroundTests {
  private let now = Date(timeIntervalSince1970: 1_795_400_000)

  @Test func onDutyASyncComesEveryMinuteAndOtherwiseEveryFifteen() {
    var phone = SyncPolicy.Conditions(isForeground: true, isOnDuty: true, lastSync: now)
    #expect(SyncPolicy.next(phone, now: now) == now.addingTimeInterval(60))
    phone.isOnDuty = false
    #expect(SyncPolicy.next(phone, now: now) == now.addingTimeInterval(900))
    phone.lastSync = nil
    #expect(SyncPolicy.next(phone, now: now) == now)
  }

  @Test func whatIsUrgentGoesAtOnceButNeverAgainstTheHubsWish() {
    var phone = SyncPolicy.Conditions(hasWork: true, isUrgent: true, lastSync: now)
    #expect(SyncPolicy.next(phone, now: now) == now)
    phone.retryAt = now.addingTimeInterval(40)
    #expect(SyncPolicy.next(phone, now: now) == now.addingTimeInterval(40))
    phone.isUrgent = false
    #expect(SyncPolicy.next(phone, now: now) == now.addingTimeInterval(40))
    phone.retryAt = nil
    #expect(SyncPolicy.next(phone, now: now) == now.addingTimeInterval(5))
  }

  @Test func longUploadsAreAskedForOnlyWhereSomethingWaits() {
    var phone = SyncPolicy.Conditions(lastSync: now)
    #expect(SyncPolicy.background(phone, now: now).map(\.kind) == [.refresh])
    phone.hasWork = true
    #expect(SyncPolicy.background(phone, now: now).map(\.kind) == [.refresh, .upload])
    phone.isOnWifi = false
    #expect(!SyncPolicy.allowsOriginals(phone))
  }

  @Test(.enabled(if: World.isThere)) func aRunInTheBackgroundSyncsTellsAndGivesTheFilesUp() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let (scheduler, board) = (Scheduler(), Notes())
    let background = BackgroundSync(wang.phone, scheduling: scheduler, notices: board)
    await background.enterForeground()
    await background.enterBackground()
    let redvest = wang.phone.redvest
    #expect(await refusal { _ = try await redvest.ask { try $0.home() } }?.code == "suspended")
    #expect(scheduler.submitted.map(\.kind) == [.refresh])
    let ticket = try await li.report(in: "WG01")
    #expect(await background.run(.refresh))
    #expect(board.posted.contains { $0 == ticket })
    #expect(scheduler.submitted.map(\.kind) == [.refresh, .refresh])
    #expect(await refusal { _ = try await redvest.ask { try $0.home() } }?.code == "suspended")
    // Told once.
    let told = board.posted.count
    #expect(await background.run(.refresh))
    #expect(board.posted.count == told)
    await background.sendUrgently()
    #expect(scheduler.keptAlive.contains("urgent"))
  }

  @Test(.enabled(if: World.isThere)) func leavingTheScreenWaitsForTheSyncUnderWay() async throws {
    let li = try await Desk.of("li")
    let phone = Phone(li.phone.redvest, over: URLSessionTransport(), settings: li.phone.settings, language: .en)
    let background = BackgroundSync(phone, scheduling: Scheduler())
    try World.shared().fault("delay 500")
    let syncing = Task { try await phone.sync() }
    for await state in phone.runner.states() where state.isRunning { break }
    await background.enterBackground()
    #expect(try await syncing.value.failure == nil)
    #expect(await refusal { _ = try await phone.redvest.ask { try $0.home() } }?.code == "suspended")
  }

  @Test(.enabled(if: World.isThere)) func anUrgentReportGoesAtOnce() async throws {
    let li = try await Desk.of("li")
    let scheduler = Scheduler()
    let background = BackgroundSync(li.phone, scheduling: scheduler)
    let model = ReportModel(li.phone)
    await model.begin()
    await model.add(photo: try li.picture())
    let all = model.catalogue?.groups.flatMap(\.categories) ?? []
    await model.choose(try #require(all.first { $0.urgent && $0.photosBefore <= 1 }))
    await model.settle(fix(in: "WG01"))
    for await state in li.phone.runner.states() {
      if model.saved == nil { await model.save() }
      if !state.isRunning, state.last?.accepted == 1 { break }
    }
    #expect(scheduler.keptAlive == ["urgent"])
    withExtendedLifetime(background) {}
  }
}

private final class Scheduler: BackgroundScheduling, @unchecked Sendable {
  private let lock = NSLock()
  private var work: [BackgroundWork] = []
  private var reasons: [String] = []

  var submitted: [BackgroundWork] { lock.withLock { work } }
  var keptAlive: [String] { lock.withLock { reasons } }

  func submit(_ work: BackgroundWork) throws {
    lock.withLock { self.work.append(work) }
  }

  func keepAlive(_ reason: String, while work: @escaping @Sendable () async -> Void) async {
    lock.withLock { reasons.append(reason) }
    await work()
  }
}

private final class Notes: NoticePosting, @unchecked Sendable {
  private let lock = NSLock()
  private var tickets: [TicketId?] = []

  var posted: [TicketId?] { lock.withLock { tickets } }

  func post(key: String, title: String, text: String, group: String, ticket: TicketId?) async throws {
    lock.withLock { tickets.append(ticket) }
  }
}
