import Foundation
import Testing

@testable import RedVestKit

@MainActor
@Suite(.enabled(if: World.isThere)) struct ListTests {
  @Test func workIsListedByWhatExpiresNextAndFound() async throws {
    let li = try await Desk.of("li")
    let zhao = try await Desk.of("zhao")
    let ticket = try await li.report(in: "WG02", words: "蓝色三轮车")
    try await zhao.sync()
    let model = WorkListModel(zhao.phone)
    await model.load()
    #expect(model.rows.contains { $0.ticket == ticket })
    let dues = model.rows.compactMap(\.due)
    #expect(dues == dues.sorted())
    await model.show(.work(.review))
    #expect(!model.rows.contains { $0.ticket == ticket })
    await model.show(.search("三轮"))
    let row = try #require(model.rows.first { $0.ticket == ticket })
    #expect(model.detail(of: row).contains("和平二网格"))
    #expect(model.clock(of: row)?.contains("left") == true)
    await model.show(.near(middle(of: "WG02"), 100))
    #expect(model.rows.contains { $0.ticket == ticket })
    await model.show(.mine(.reported))
    #expect(!model.rows.contains { $0.ticket == ticket })
  }

  @Test func aLongListComesInPages() async throws {
    let li = try await Desk.of("li")
    let category = try await li.phone.redvest.ask { try $0.catalogue(text: "乱堆") }.groups[0].categories[0]
    let photo = try li.picture()
    let hash = try await li.phone.redvest.ask { try $0.importPhoto(path: photo.path) }.hash
    for place in 0..<60 {
      let pin = middle(of: "WG01", north: Int32(place))
      let report = Report(
        category: category.code, pin: pin, fix: fix(in: "WG01"), grid: nil, photos: [hash], source: .patrol,
        recurs: nil, gateReason: nil, place: nil, onTheSpot: nil, draft: nil)
      try await li.phone.redvest.ask { _ = try $0.report(request: report, by: By(acting: nil, words: "\(place)")) }
    }
    let model = WorkListModel(li.phone, filter: .mine(.open))
    await model.load()
    #expect(model.rows.count == 50)
    #expect(model.hasMore)
    #expect(model.detail(of: model.rows[0]).contains("waits to be sent"))
    await model.more()
    #expect(model.rows.count >= 60)
    #expect(Set(model.rows.map(\.ticket)).count == model.rows.count)
    await model.load()
    #expect(model.rows.count >= 60)
  }
}
