import Foundation

/// Times, countdowns, sizes and distances in the words of a language. What is said depends on the arguments alone.
public struct Wording: Sendable {
  /// The language.
  public var language: Language
  /// Whose days and hours are shown.
  public var calendar: Calendar

  /// Words in a language, with the times of a calendar's zone.
  public init(_ language: Language, calendar: Calendar = Calendar(identifier: .gregorian)) {
    self.language = language
    self.calendar = calendar
  }

  /// One of the kit's own texts.
  public func text(_ phrase: Phrase, _ arguments: String...) -> String {
    phrase.filled(language, arguments)
  }

  /// An instant: `14:02` today, `11-22 14:02` this year, with the year otherwise.
  public func time(_ at: Timestamp, now: Date) -> String {
    let date = Date(at)
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
    let clock = "\(two(parts.hour)):\(two(parts.minute))"
    if calendar.isDate(date, inSameDayAs: now) { return clock }
    let day = "\(two(parts.month))-\(two(parts.day))"
    let isThisYear = calendar.component(.year, from: now) == parts.year
    return isThisYear ? "\(day) \(clock)" : "\(parts.year ?? 0)-\(day) \(clock)"
  }

  private func two(_ number: Int?) -> String {
    let number = number ?? 0
    return number < 10 ? "0\(number)" : "\(number)"
  }

  /// A length of time in its two largest units: `2 d 4 h`, `15 min`; less than a minute is one.
  public func length(_ milliseconds: Int64) -> String {
    let minutes = max(1, milliseconds.magnitude / 60_000)
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60)
    let largest: [(UInt64, Phrase)] =
      days > 0 ? [(days, .days), (hours, .hours)] : [(hours, .hours), (rest, .minutes)]
    return largest.filter { $0.0 > 0 }.map { text($0.1, "\($0.0)") }.joined(separator: " ")
  }

  /// What is left until an instant, or how long it is over: what a row of work says of its clock.
  public func countdown(_ due: Timestamp, now: Date) -> String {
    let left = due - Timestamp(now)
    return text(left >= 0 ? .left : .overdueBy, length(left))
  }

  /// How long ago something was.
  public func age(_ at: Timestamp, now: Date) -> String {
    text(.ago, length(max(0, Timestamp(now) - at)))
  }

  /// A distance: `80 m`, `1.2 km`.
  public func distance(_ metres: UInt32) -> String {
    metres < 1_000 ? "\(metres) m" : "\(metres / 1_000).\(metres % 1_000 / 100) km"
  }

  /// An accuracy in cm as `±8 m`, rounded up.
  public func accuracy(_ centimetres: UInt32) -> String {
    "±\(distance(centimetres / 100 + (centimetres % 100 > 0 ? 1 : 0)))"
  }

  /// A size: `640 kB`, `3.2 MB`.
  public func size(_ bytes: UInt64) -> String {
    let kilobytes = (bytes + 999) / 1_000
    return kilobytes < 1_000 ? "\(kilobytes) kB" : "\(kilobytes / 1_000).\(kilobytes % 1_000 / 100) MB"
  }
}

extension Date {
  /// The instant of the core's clock.
  public init(_ at: Timestamp) {
    self.init(timeIntervalSince1970: Double(at) / 1_000)
  }
}

extension Timestamp {
  /// The instant as the core counts it.
  public init(_ date: Date) {
    self.init((date.timeIntervalSince1970 * 1_000).rounded())
  }
}
