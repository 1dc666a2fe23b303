import RedVestKit
import SwiftUI

/// What the phone tells of its own accord, grouped; tapped it opens the ticket.
struct NoticesView: View {
  let phone: Phone
  @State var model: NoticesModel
  @State private var ticket: TicketId?

  var body: some View {
    let words = phone.wording
    NavigationStack {
      List {
        TroubleView(phone: phone, trouble: model.trouble)
        ForEach(model.groups) { group in
          Section(group.title) {
            ForEach(group.notices, id: \.key) { notice in
              Button(model.text(of: notice)) { Task { ticket = await model.open(notice) } }
                .frame(minHeight: 44)
            }
          }
        }
        if model.more > 0 { Text(words.text(.moreNotices, "\(model.more)")) }
        if model.groups.isEmpty { Text(words.text(.nothingHere)).foregroundStyle(.secondary) }
      }
      .navigationTitle(words.text(.notices))
      .toolbar { Button(words.text(.allRead)) { Task { await model.tellAll() } } }
      .navigationDestination(item: $ticket) { ticket in
        TicketView(model: TicketModel(phone, ticket: ticket))
      }
    }
    .task { await model.follow() }
  }
}
