import Foundation
import Testing

@testable import RedVestKit

@Suite struct TextTests {
  private static let ios = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let kit = ios.appendingPathComponent("RedVestKit/Sources/RedVestKit")

  private func strings(_ language: Language) throws -> [String: String] {
    let file = TextTests.kit.appendingPathComponent("Resources/\(language.rawValue).lproj/Localizable.strings")
    let list = try PropertyListSerialization.propertyList(from: try Data(contentsOf: file), format: nil)
    return try #require(list as? [String: String])
  }

  private func placeholders(_ text: String) -> [String] {
    var (found, rest): ([String], Substring) = ([], text[...])
    while let mark = rest.range(of: #"%[1-9]\$@"#, options: .regularExpression) {
      found.append(String(rest[mark]))
      rest = rest[mark.upperBound...]
    }
    return found.sorted()
  }

  @Test func bothLanguagesSayTheSameThings() throws {
    let (zh, en) = (try strings(.zhHans), try strings(.en))
    #expect(Set(zh.keys) == Set(en.keys))
    #expect(Set(en.keys) == Set(Phrase.allCases.map(\.rawValue)))
    for (key, text) in en {
      #expect(placeholders(text) == placeholders(zh[key] ?? ""), "\(key)")
      #expect(!text.isEmpty && zh[key]?.isEmpty == false, "\(key)")
    }
  }

  @Test func everyTextIsUsed() throws {
    var sources = ""
    for folder in [TextTests.kit, TextTests.ios.appendingPathComponent("App")] {
      let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
      for case let file as URL in files ?? FileManager.DirectoryEnumerator()
      where file.pathExtension == "swift" && file.lastPathComponent != "Phrase.swift" {
        sources += try String(contentsOf: file, encoding: .utf8)
      }
    }
    for phrase in Phrase.allCases {
      #expect(sources.range(of: "\\.\(phrase.rawValue)\\b", options: .regularExpression) != nil, "\(phrase.rawValue)")
    }
  }

  @Test func everyTextIsFoundInTheBuiltPackage() {
    for language in Language.allCases {
      for phrase in Phrase.allCases { #expect(phrase.text(language) != phrase.rawValue || language == .en) }
    }
    #expect(Phrase.workReview.text(.zhHans) == "待核查")
    #expect(Phrase.workReview.text(.en) == "To review")
  }

  @Test func anArgumentMayLookLikeAPlaceholder() {
    #expect(Phrase.fill("%1$@ by %2$@", ["%2$@", "%1$@"]) == "%2$@ by %1$@")
    #expect(Phrase.fill("%2$@", ["one"]) == "")
  }

  @Test func timesAreSaidAsPeopleSayThem() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "Asia/Shanghai"))
    let (words, now) = (Wording(.en, calendar: calendar), Date(timeIntervalSince1970: 1_795_400_000))
    let minute: Int64 = 60_000
    #expect(words.time(Timestamp(now) - minute, now: now).count == 5)
    #expect(words.time(Timestamp(now) - 2 * 1_440 * minute, now: now).count == 11)
    #expect(words.time(Timestamp(now) - 400 * 1_440 * minute, now: now).count == 16)
    #expect(words.countdown(Timestamp(now) + 125 * minute, now: now) == "2 h 5 min left")
    #expect(words.countdown(Timestamp(now) - 3 * 1_440 * minute, now: now) == "overdue by 3 d")
    #expect(Wording(.zhHans).countdown(Timestamp(now) + 15 * minute, now: now) == "剩余15分钟")
    #expect(words.distance(1_250) == "1.2 km")
    #expect(words.accuracy(801) == "±9 m")
    #expect(words.size(3_250_000) == "3.2 MB")
  }

  @Test func theLanguageIsTheUsersFirstThatThereIs() {
    #expect(Language.preferred(["de-DE", "zh-Hant-TW", "en"]) == .zhHans)
    #expect(Language.preferred(["en-GB", "zh-Hans"]) == .en)
    #expect(Language.preferred(["fr"]) == .en)
  }

  @Test func distancesAreThoseOfTheEarth() throws {
    let here = try #require(Position(lat: 31.2325, lon: 121.4725))
    let there = try #require(Position(lat: 31.2325, lon: 121.4825))
    #expect((940...960).contains(here.distance(to: there)))
    #expect(here.distance(to: here) == 0)
    #expect(Position(lat: 91, lon: 0) == nil)
  }
}
