import Foundation

extension Phrase {
  /// The text in a language, with its arguments in place.
  public func text(_ language: Language, _ arguments: String...) -> String {
    filled(language, arguments)
  }

  func filled(_ language: Language, _ arguments: [String]) -> String {
    Phrase.fill(Texts.of(language).text(rawValue), arguments)
  }

  /// Puts arguments in place of `%1$@`, `%2$@`, in one pass, so that an argument may itself look like a placeholder.
  static func fill(_ text: String, _ arguments: [String]) -> String {
    var filled = ""
    var rest = text[...]
    while let mark = rest.range(of: #"%[1-9]\$@"#, options: .regularExpression) {
      let place = (rest[mark].dropFirst().first?.wholeNumberValue ?? 1) - 1
      filled += rest[..<mark.lowerBound] + (arguments.item(place) ?? "")
      rest = rest[mark.upperBound...]
    }
    return filled + rest
  }
}

/// The texts of one language, out of the kit's own resources: the screens' language is the app's setting, not the system's.
private struct Texts: Sendable {
  private static let all = Dictionary(uniqueKeysWithValues: Language.allCases.map { ($0, Texts($0)) })

  private let texts: [String: String]

  static func of(_ language: Language) -> Texts {
    all[language] ?? Texts(language)
  }

  private init(_ language: Language) {
    // Some builds write folders of languages in lower case.
    let folders = [language.rawValue, language.rawValue.lowercased()]
    let file = folders.lazy.compactMap { folder in
      Bundle.module.url(forResource: "Localizable", withExtension: "strings", subdirectory: "\(folder).lproj")
    }.first
    let content = file.flatMap { try? Data(contentsOf: $0) }
    let list = content.flatMap { try? PropertyListSerialization.propertyList(from: $0, format: nil) }
    texts = list as? [String: String] ?? [:]
  }

  /// The text under a key; the key where there is none, which a test keeps from happening.
  func text(_ key: String) -> String {
    texts[key] ?? key
  }
}
