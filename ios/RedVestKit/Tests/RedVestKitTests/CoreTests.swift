import Foundation
import Testing

@testable import RedVestKit

/// Texts that programs get wrong (the core takes white space off the ends): emoji with joiners, right to left, a NUL, combining marks, ten kilobytes.
let hurting = [
  "👩🏽‍🚒 火警 🔥", "\u{202E}שלום عليكم\u{202C}", "a\u{0}b", "e\u{301}\u{301}", "|\r\n\t \"'<>&%1$@|",
  String(repeating: "长", count: 3_413),
]

@MainActor
@Suite struct CoreTests {
  @Test func dataOpenedTwiceIsRefusedAndFreeAfterClosing() async throws {
    let desk = try await Desk.new()
    let (folder, vault) = (desk.folder, try platformVault(besides: desk.folder))
    let error = await refusal { _ = try await RedVest.open(folder: folder, vault: vault) }
    #expect(error?.code == "already_open")
    try await desk.kill()
    #expect(try await desk.phone.redvest.ask { try $0.home() }.drafts == 0)
  }

  @Test func closedDataSaysSo() async throws {
    let desk = try await Desk.new()
    await desk.phone.redvest.close()
    await desk.phone.redvest.close()
    let redvest = desk.phone.redvest
    #expect(await refusal { _ = try await redvest.ask { try $0.home() } }?.code == "closed")
  }

  @Test func suspendedDataIsBackInTheForegroundAndForBackgroundWork() async throws {
    let redvest = try await Desk.new().phone.redvest
    try await redvest.enterBackground()
    #expect(await refusal { _ = try await redvest.ask { try $0.home() } }?.code == "suspended")
    let drafts = try await redvest.whileAwake { try await redvest.ask { try $0.home() }.drafts }
    #expect(drafts == 0)
    #expect(await refusal { _ = try await redvest.ask { try $0.home() } }?.code == "suspended")
    try await redvest.enterForeground()
    #expect(try await redvest.ask { try $0.home() }.drafts == 0)
  }

  @Test func whoeverComesAndGoesQuicklyEndsWhereTheLastStepSaid() async throws {
    let desk = try await Desk.new()
    let redvest = desk.phone.redvest
    for _ in 0..<50 {
      async let away: Void = redvest.enterBackground()
      async let work = redvest.whileAwake { try await redvest.ask { try $0.home() } }
      _ = try await (away, work)
      try await redvest.enterForeground()
      #expect(try await redvest.ask { try $0.home() }.drafts == 0)
    }
  }

  @Test func textsThatHurtComeBackByteEqual() async throws {
    let desk = try await Desk.new()
    for text in hurting {
      let draft = try await desk.phone.redvest.ask { try $0.newDraft() }
      var edit = DraftEdit(draft)
      edit.words = text
      let changed = edit.draft
      let id = draft.id
      try await desk.phone.redvest.ask { try $0.saveDraft(draft: changed) }
      let kept = try await desk.phone.redvest.ask { try $0.drafts().first { $0.id == id } }
      #expect(kept?.words.map { Array($0.utf8) } == Array(text.utf8))
    }
  }

  @Test func changesRingForEveryListenerAndEndWithTheData() async throws {
    let desk = try await Desk.new()
    let redvest = desk.phone.redvest
    let listeners = [redvest.changes(), redvest.changes()]
    let draft = try await redvest.ask { try $0.newDraft() }
    try await redvest.ask { try $0.saveDraft(draft: draft) }
    for listener in listeners {
      var rings = listener.makeAsyncIterator()
      #expect(await rings.next() != nil)
    }
    await redvest.close()
    for await _ in redvest.changes() { Issue.record("rung after the end") }
  }

  @Test func nobodyIsEnrolledAtFirst() async throws {
    let desk = try await Desk.new()
    #expect(try await desk.phone.redvest.account() == nil)
    #expect(await refusal { try await desk.phone.sync() }?.code == "not_enrolled")
  }

  @Test func theBootClockGoesOnWithinOneBoot() {
    let clock = SystemBootClock()
    let (boot, before) = (clock.boot(), clock.elapsedMs())
    #expect(boot != 0)
    #expect(clock.boot() == boot)
    #expect(clock.elapsedMs() >= before)
    #expect(before > 0)
  }
}

/// The core's error that some work ends with.
@MainActor
func refusal(_ work: @MainActor () async throws -> Void) async -> Said? {
  do {
    try await work()
    return nil
  } catch {
    return Said(error)
  }
}
