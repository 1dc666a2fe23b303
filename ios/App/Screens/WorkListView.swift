import RedVestKit
import SwiftUI

/// Tickets by what expires next, with filters and search.
struct WorkListView: View {
  let phone: Phone
  @State var model: WorkListModel
  @State private var search = ""

  var body: some View {
    let words = phone.wording
    NavigationStack {
      List {
        TroubleView(phone: phone, trouble: model.trouble)
        ForEach(model.rows, id: \.ticket) { row in
          NavigationLink {
            TicketView(model: TicketModel(phone, ticket: row.ticket))
          } label: {
            TicketRowView(phone: phone, row: row, detail: model.detail(of: row))
          }
          .onAppear {
            if row.ticket == model.rows.last?.ticket { Task { await model.more() } }
          }
        }
        if model.rows.isEmpty, !model.isLoading { Text(words.text(.nothingHere)).foregroundStyle(.secondary) }
      }
      .navigationTitle(words.text(.work))
      .searchable(text: $search, prompt: words.text(.searchTickets))
      .onChange(of: search) { _, text in
        Task { await model.show(text.isEmpty ? .work(nil) : .search(text)) }
      }
      .toolbar {
        Menu(words.text(.filter)) {
          Button(words.text(.everything)) { Task { await model.show(.work(nil)) } }
          ForEach(Work.allOfThem, id: \.self) { work in
            Button(words.text(work.phrase)) { Task { await model.show(.work(work)) } }
          }
          Button(words.text(.mineReported)) { Task { await model.show(.mine(.reported)) } }
          Button(words.text(.mineWorked)) { Task { await model.show(.mine(.worked)) } }
        }
      }
      .refreshable { _ = try? await phone.sync() }
    }
    .task { await model.follow() }
  }
}

/// A ticket in a list.
struct TicketRowView: View {
  let phone: Phone
  let row: TicketRow
  let detail: String

  var body: some View {
    HStack(alignment: .top) {
      PhotoView(path: row.thumbnail, label: row.number).frame(width: 64, height: 64)
      VStack(alignment: .leading) {
        Text(phone.wording.language.pick(zh: row.categoryZh, en: row.categoryEn)).font(.headline)
        Text(detail).font(.subheadline).foregroundStyle(row.pressing == .onTime ? Color.secondary : Color.red)
        if let words = row.words { Text(words).lineLimit(2) }
        Text(row.number).font(.caption).foregroundStyle(.secondary)
      }
    }
    .accessibilityElement(children: .combine)
  }
}
