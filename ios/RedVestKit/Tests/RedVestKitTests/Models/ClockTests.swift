import Foundation
import Testing

@testable import RedVestKit

/// Screens tell times by the phone's clock, which a test can turn.
@MainActor
@Suite(.enabled(if: World.isThere)) struct ClockTests {
  @Test func whatWaitsHasNoTimeOfReceipt() async throws {
    let desk = try await Desk.new()
    let model = TicketModel(desk.phone, ticket: "00000000-0000-7000-8000-000000000000")
    let happened = Timestamp(desk.watch.now)
    // The phone guesses when the hub will have received it; told as a fact, that would be a lie.
    let waiting = model.line(of: .told(happened: happened, received: happened + 120_000, pending: .waiting))
    #expect(waiting.times == desk.phone.wording.time(happened, now: desk.watch.now))
    #expect(waiting.note == "waits to be sent")
    let received = model.line(of: .told(happened: happened, received: happened + 120_000))
    #expect(received.times.contains(", received "))
    #expect(received.note == nil)
    let soon = model.line(of: .told(happened: happened, received: happened + 59_999))
    #expect(!soon.times.contains("received"))
  }

  @Test func whatWasTodayIsOfAnotherDayLater() async throws {
    let li = try await Desk.of("li")
    let model = try await li.opened(try await li.report(in: "WG01"))
    #expect(model.lines.first?.times.count == "14:02".count)
    li.watch.pass(2 * 86_400)
    #expect((model.lines.first?.times.count ?? 0) >= "11-22 14:02".count)
  }

  @Test func aDueInstantPassesWithTheClockOfTheScreens() async throws {
    let li = try await Desk.of("li")
    let wang = try await Desk.of("wang")
    let ticket = try await li.report(in: "WG01")
    let model = try await wang.opened(ticket)
    #expect(model.standing.hasSuffix(" left"))
    wang.watch.pass(60 * 86_400)
    #expect(model.standing.contains("overdue by "))
    let list = WorkListModel(wang.phone)
    let row = try #require(model.detail?.row)
    #expect(list.clock(of: row)?.hasPrefix("overdue by ") == true)
    let home = HomeModel(wang.phone)
    await home.load()
    #expect(home.dueLine?.contains("overdue by ") == true)
  }
}
