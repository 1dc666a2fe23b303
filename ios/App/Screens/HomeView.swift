import RedVestKit
import SwiftUI

/// The first screen: one large button to report, what is due next, what waits, what came back.
struct HomeView: View {
  let phone: Phone
  @State var model: HomeModel
  @State private var report: ReportModel?
  @State private var draft: Draft?

  var body: some View {
    let words = phone.wording
    NavigationStack {
      List {
        Section {
          Button {
            begin(nil)
          } label: {
            Label(words.text(.report), systemImage: "camera.fill")
              .font(.title.bold()).frame(maxWidth: .infinity, minHeight: 96)
          }
          .buttonStyle(.borderedProminent)
          Text(model.waitingLine).font(.callout).foregroundStyle(.secondary)
          ForEach(model.warnings, id: \.self) {
            Label($0, systemImage: "exclamationmark.triangle").foregroundStyle(.red)
          }
          TroubleView(phone: phone, trouble: model.trouble)
        }
        if let next = model.home?.next, let line = model.dueLine {
          Section(words.text(.dueNext)) {
            NavigationLink(line) { TicketView(model: TicketModel(phone, ticket: next.ticket)) }
          }
        }
        if !model.drafts.isEmpty {
          Section(words.text(.drafts)) {
            ForEach(model.drafts, id: \.id) { draft in
              draftRow(draft)
            }
          }
        }
        Section(words.text(.work)) {
          ForEach(model.tiles) { tile in
            NavigationLink {
              WorkListView(phone: phone, model: WorkListModel(phone, filter: filter(tile)))
            } label: {
              LabeledContent(tile.title, value: "\(tile.count)")
            }
          }
        }
        news(words.text(.noticeRefused), model.refused)
        news(words.text(.noticeTooLate), model.tooLate)
        Section {
          Toggle(
            words.text(.onDuty),
            isOn: Binding {
              phone.settings.isOnDuty
            } set: {
              model.setDuty($0)
            })
        }
      }
      .navigationTitle(model.home?.workspace ?? "RedVest")
      .refreshable { _ = try? await phone.sync() }
    }
    .fullScreenCover(item: $report) { report in
      ReportView(phone: phone, model: report, draft: draft)
    }
  }

  private func begin(_ draft: Draft?) {
    self.draft = draft
    report = ReportModel(phone)
  }

  private func draftRow(_ draft: Draft) -> some View {
    Group {
      if let ticket = model.ticket(of: draft) {
        NavigationLink(model.title(of: draft)) { TicketView(model: ticket) }
      } else {
        Button(model.title(of: draft)) { begin(draft) }
      }
    }
    .swipeActions {
      Button(phone.wording.text(.discard), role: .destructive) { Task { await model.discard(draft) } }
    }
  }

  private func filter(_ tile: HomeModel.Tile) -> WorkListModel.Filter {
    tile.work.map { .work($0) } ?? .mine(.open)
  }

  @ViewBuilder private func news(_ title: String, _ rows: [NewsRow]) -> some View {
    if !rows.isEmpty {
      Section(title) {
        ForEach(rows, id: \.event) { row in
          VStack(alignment: .leading) {
            Text(row.number ?? "").font(.headline)
            Text(model.text(of: row))
          }
          .swipeActions {
            Button(phone.wording.text(.dismiss)) { Task { await model.dismiss(row) } }
          }
          .accessibilityElement(children: .combine)
          .accessibilityAction(named: phone.wording.text(.dismiss)) { Task { await model.dismiss(row) } }
        }
      }
    }
  }
}

extension ReportModel: Identifiable {}
