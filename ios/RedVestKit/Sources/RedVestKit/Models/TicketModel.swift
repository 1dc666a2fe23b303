import Foundation
import Observation

/// One ticket: where it stands, its clocks, what happened, its photos, and what this member can do to it.
@MainActor
@Observable
public final class TicketModel: Troubled {
  let phone: Phone
  /// The ticket.
  public let ticket: TicketId
  /// What is known of it.
  public private(set) var detail: TicketDetail?
  /// Where the pin lies on maps of China's datum, in degrees.
  public private(set) var shown: (lat: Double, lon: Double)?
  /// The form that is open.
  public private(set) var form: ActForm?
  /// Whether the ticket left this phone.
  public private(set) var isGone = false
  /// What went wrong.
  public internal(set) var trouble: Said?

  /// The act whose form is opened as soon as the ticket is there.
  @ObservationIgnored private var opening: Act?

  /// A ticket on a phone; with an act its form opens by itself, as for a rectification that was begun before.
  public init(_ phone: Phone, ticket: TicketId, opening act: Act? = nil) {
    self.phone = phone
    self.ticket = ticket
    opening = act
  }

  /// Asks the core again.
  public func load() async {
    let ticket = ticket
    let found = await consult { try await phone.redvest.ask { try $0.ticket(ticket: ticket) } }
    isGone = found == nil && trouble?.code == "unknown_ticket"
    if found != nil || isGone { detail = found }
    await openByItself()
    guard shown == nil, let pin = detail?.row.pin else { return }
    let place = await consult {
      try await phone.redvest.ask { try $0.place(pin: pin, fix: nil, category: nil, radiusM: 0) }
    }
    if let lat = place?.shownLat, let lon = place?.shownLon { shown = (lat, lon) }
  }

  /// Loads now and whenever something changed, as long as the task lives.
  public func follow() async {
    await phone.follow { await load() }
  }

  /// `A-20261122-0147 · 占道经营`.
  public var title: String {
    guard let row = detail?.row else { return "" }
    return "\(row.number) · \(phone.wording.language.pick(zh: row.categoryZh, en: row.categoryEn))"
  }

  /// The stage, and what is left of the time.
  public var standing: String {
    guard let row = detail?.row else { return "" }
    let stage = phone.wording.language.pick(zh: row.stageZh, en: row.stageEn)
    return [stage, phone.clock(of: row)].compactMap { $0 }.joined(separator: " · ")
  }

  /// What this member can do now, in the order of a screen.
  public var acts: [Act] { detail?.acts ?? [] }

  /// Opens the form of an act; a rectification that was begun before goes on.
  public func open(_ act: Act) async {
    guard let detail, detail.acts.contains(act) else { return }
    let form = ActForm(phone, act: act, on: detail)
    self.form = form
    await form.begin()
  }

  private func openByItself() async {
    guard let act = opening, let detail else { return }
    opening = nil
    guard !detail.acts.contains(act) else { return await open(act) }
    trouble = Said(
      code: "act_over", zh: Phrase.actOver.text(.zhHans, act.phrase.text(.zhHans)),
      en: Phrase.actOver.text(.en, act.phrase.text(.en)))
  }

  /// Does what the open form says, and closes it when that is durable.
  public func submit() async {
    guard let form, await form.submit() != nil else { return }
    self.form = nil
    await load()
    phone.done()
  }

  /// Closes the form; what was begun of a rectification is kept.
  public func closeForm() {
    form = nil
  }

  // MARK: History

  /// One line of what happened.
  public struct Line: Sendable, Equatable, Identifiable {
    /// The event.
    public let id: EventId
    /// What happened, and by whom.
    public let title: String
    /// More about it: reasons, words.
    public let text: String
    /// When it happened and when the hub received it, where these differ by a minute or more.
    public let times: String
    /// How far from the place its author stood, where it says that it was put right.
    public let distance: Distance?
    /// What is to be said of it in another colour: that it waits, or came too late.
    public let note: String?
  }

  /// What happened, in the order of the hub, what waits last.
  public var lines: [Line] { (detail?.history ?? []).map(line) }

  func line(of event: HistoryRow) -> Line {
    let words = phone.wording
    let about = words.language.pick(zh: event.aboutZh, en: event.aboutEn)
    let said = event.erased ? words.text(.erased) : event.words
    return Line(
      id: event.event,
      title: "\(words.language.pick(zh: event.kindZh, en: event.kindEn)) · \(event.author)",
      text: [about, said, event.place].compactMap { $0 }.joined(separator: "\n"),
      times: times(of: event), distance: Distance(of: event, in: words), note: note(on: event))
  }

  private func times(of event: HistoryRow) -> String {
    let (words, now) = (phone.wording, phone.now())
    let happened = words.time(event.happened, now: now)
    // What the hub has not received has no time of receipt, only the phone's guess of one.
    guard event.pending == nil, (event.received - event.happened).magnitude >= 60_000 else { return happened }
    return words.text(.happenedAndReceived, happened, words.time(event.received, now: now))
  }

  private func note(on event: HistoryRow) -> String? {
    let words = phone.wording
    if let late = event.late {
      let kind = words.language.pick(zh: late.winnerKindZh, en: late.winnerKindEn)
      let probably = event.pending == .waiting
      let phrase: Phrase = probably ? .probablyTooLateBy : .tooLateBy
      return words.text(phrase, kind, late.winner, words.time(late.winnerAt, now: phone.now()))
    }
    return event.pending == .waiting ? words.text(.waitsToBeSent) : nil
  }

  // MARK: Photos and the way there

  /// Photos that show the violation, of the present round first.
  public var before: [PhotoRow] { photos(.before) }
  /// Photos that show it put right.
  public var after: [PhotoRow] { photos(.after) }

  private func photos(_ shows: Shows) -> [PhotoRow] {
    let all = (detail?.photos ?? []).filter { $0.shows == shows }
    return all.filter { $0.round == detail?.row.round } + all.filter { $0.round != detail?.row.round }
  }

  /// Addresses that open a map app with the way there. Maps of China want positions of their own datum (GCJ-02); others
  /// get them as measured.
  public var routes: [Route] {
    guard let pin = detail?.row.pin else { return [] }
    let measured = (lat: Double(pin.latE7) / 1e7, lon: Double(pin.lonE7) / 1e7)
    return Route.all(measured: measured, shown: shown ?? measured, name: detail?.row.place ?? detail?.row.number ?? "")
  }
}

/// A way to a place in some map app.
public struct Route: Sendable, Equatable, Identifiable {
  /// What the app is called.
  public let name: Phrase
  /// The address that opens it.
  public let url: URL

  /// The app.
  public var id: String { name.rawValue }

  static func all(
    measured: (lat: Double, lon: Double), shown: (lat: Double, lon: Double), name: String
  ) -> [Route] {
    let place = URLQueryItem(name: "dname", value: name)
    return [
      route(.mapsApple, "http://maps.apple.com/", [("daddr", pair(shown)), ("dirflg", "w")], nil),
      route(
        .mapsAmap, "iosamap://path",
        [("dlat", degrees(shown.lat)), ("dlon", degrees(shown.lon)), ("dev", "0"), ("t", "2")], place),
      route(
        .mapsBaidu, "baidumap://map/direction",
        [("destination", pair(measured)), ("coord_type", "wgs84"), ("mode", "walking")], nil),
    ].compactMap { $0 }
  }

  private static func route(
    _ name: Phrase, _ address: String, _ items: [(String, String)], _ last: URLQueryItem?
  ) -> Route? {
    var parts = URLComponents(string: address)
    parts?.queryItems = items.map { URLQueryItem(name: $0.0, value: $0.1) } + [last].compactMap { $0 }
    return parts?.url.map { Route(name: name, url: $0) }
  }

  private static func pair(_ place: (lat: Double, lon: Double)) -> String {
    "\(degrees(place.lat)),\(degrees(place.lon))"
  }

  /// Six digits are about ten centimetres.
  private static func degrees(_ value: Double) -> String {
    "\((value * 1e6).rounded() / 1e6)"
  }
}
