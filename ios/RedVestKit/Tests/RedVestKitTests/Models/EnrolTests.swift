import Foundation
import Testing

@testable import RedVestKit

@MainActor
@Suite(.enabled(if: World.isThere)) struct EnrolTests {
  @Test func aScannedCodeEnrolsAndFetches() async throws {
    let ticket = try await Desk.of("li").report(in: "WG01")
    let desk = try await Desk.new()
    let model = EnrolModel(desk.phone, label: "测试机")
    await model.load()
    #expect(model.step == .entering)
    await model.take(try World.shared().code(for: "wang") + "\n")
    #expect(model.step == .done)
    #expect(model.trouble == nil)
    #expect(model.account?.workspaceName == "示范区创文办")
    #expect(try await desk.phone.redvest.ask { try $0.home() }.lastSync != nil)
    let work = try await desk.phone.redvest.ask { try $0.workList(work: .rectify, after: nil) }
    #expect(work.rows.contains { $0.ticket == ticket })
    // What was there before this phone is no news.
    let notices = NoticesModel(desk.phone)
    await notices.load()
    #expect(notices.groups.isEmpty)
  }

  @Test func aPhoneEnrolledBeforeTheAppDiedIsNotAskedAgain() async throws {
    let desk = try await Desk.of("wang")
    try await desk.kill()
    let model = EnrolModel(desk.phone, label: "测试机")
    await model.load()
    #expect(model.step == .done)
    #expect(model.account != nil)
  }

  @Test func whatIsNoCodeIsSaidToBeNone() async throws {
    let model = EnrolModel(try await Desk.new().phone, label: "测试机")
    model.code = "https://example.org/"
    #expect(!model.isReady)
    await model.take("https://example.org/")
    #expect(model.step == .entering)
    #expect(model.trouble?.en.isEmpty == false)
    #expect(model.trouble?.zh.isEmpty == false)
  }

  @Test func aUsedCodeIsRefusedAndANewOneTaken() async throws {
    let code = try World.shared().code(for: "li")
    let first = EnrolModel(try await Desk.new().phone, label: "一")
    await first.take(code)
    #expect(first.step == .done)
    let second = EnrolModel(try await Desk.new().phone, label: "二")
    await second.take(code)
    #expect(second.trouble?.code == "code_used")
    await second.take(try World.shared().code(for: "li"))
    #expect(second.step == .done)
  }

  @Test func anAnswerThatIsLostCostsNothing() async throws {
    let desk = try await Desk.new()
    let code = try World.shared().code(for: "li")
    let model = EnrolModel(desk.phone, label: "一")
    try World.shared().fault("cut_down 500")
    await model.take(code)
    #expect(model.step == .entering)
    #expect(model.trouble?.retry == true)
    try World.shared().fault("none")
    await model.enrol()
    #expect(model.step == .done, "\(model.trouble?.en ?? "")")
  }
}
