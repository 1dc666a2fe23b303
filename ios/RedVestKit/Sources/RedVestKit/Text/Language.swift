import Foundation

/// The languages of the screens.
public enum Language: String, Sendable, CaseIterable {
  /// Simplified Chinese.
  case zhHans = "zh-Hans"
  /// English.
  case en

  /// The one of these that the user's own list of languages asks for; Chinese for all kinds of Chinese, else English.
  public static func preferred(_ languages: [String] = Locale.preferredLanguages) -> Language {
    for language in languages.map({ $0.lowercased() }) {
      if language.hasPrefix("zh") { return .zhHans }
      if language.hasPrefix("en") { return .en }
    }
    return .en
  }

  /// One of two texts that the core says in both languages.
  public func pick(zh: String, en: String) -> String {
    self == .zhHans ? zh : en
  }

  /// The same for texts that may be missing; the other language rather than nothing.
  public func pick(zh: String?, en: String?) -> String? {
    self == .zhHans ? zh ?? en : en ?? zh
  }
}
