import RedVestKit
import SwiftUI

/// One ticket, with what can be done to it.
struct TicketView: View {
  @State var model: TicketModel
  @Environment(\.openURL) private var openURL

  var body: some View {
    let words = model.phone.wording
    List {
      if model.isGone { Text(words.text(.ticketGone)) }
      TroubleView(phone: model.phone, trouble: model.isGone ? nil : model.trouble)
      Section {
        Text(model.standing).font(.headline)
        if let row = model.detail?.row {
          if let said = row.words { Text(said) }
          if let place = row.place ?? row.gridZh { Label(place, systemImage: "mappin") }
          if let lead = words.language.pick(zh: row.leadZh, en: row.leadEn) { Text(words.text(.ledBy, lead)) }
        }
        photos(model.before, words.text(.photosBefore))
        photos(model.after, words.text(.photosAfter))
        Menu(words.text(.goThere)) {
          ForEach(model.routes) { route in
            Button(words.text(route.name)) { openURL(route.url) }
          }
        }
      }
      Section(words.text(.acts)) {
        ForEach(model.acts, id: \.self) { act in
          Button(words.text(act.phrase)) { Task { await model.open(act) } }.frame(minHeight: 44)
        }
      }
      Section(words.text(.history)) {
        ForEach(model.lines) { line in
          VStack(alignment: .leading) {
            Text(line.title).font(.headline)
            if !line.text.isEmpty { Text(line.text) }
            Text(line.times).font(.caption).foregroundStyle(.secondary)
            if let distance = line.distance {
              Text(distance.text).font(.callout).foregroundStyle(distance.isDoubtful ? Color.red : Color.secondary)
            }
            if let note = line.note { Text(note).font(.callout).foregroundStyle(.red) }
          }
          .accessibilityElement(children: .combine)
        }
      }
    }
    .navigationTitle(model.title)
    .task { await model.follow() }
    .sheet(item: form) { form in
      ActFormView(model: model, form: form)
    }
  }

  private var form: Binding<ActForm?> {
    Binding {
      model.form
    } set: {
      if $0 == nil { model.closeForm() }
    }
  }

  @ViewBuilder private func photos(_ photos: [PhotoRow], _ title: String) -> some View {
    if !photos.isEmpty {
      ScrollView(.horizontal) {
        HStack {
          ForEach(photos, id: \.original) { photo in
            PhotoView(path: photo.reviewPath ?? photo.thumbnailPath, label: title).frame(width: 160, height: 120)
          }
        }
      }
      .accessibilityLabel(title)
    }
  }
}

extension ActForm: Identifiable {}
