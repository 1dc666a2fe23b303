import RedVestKit
import SwiftUI

/// A report in three taps: photo, category, save.
struct ReportView: View {
  let phone: Phone
  @State var model: ReportModel
  let draft: Draft?
  @Environment(\.dismiss) private var dismiss
  @State private var search = ""
  @State private var camera: Shows?
  @State private var isPlacing = false
  @State private var location = Location()

  var body: some View {
    let words = phone.wording
    NavigationStack {
      List {
        photos(words.text(.photosBefore), model.edit?.before ?? [], .before)
        category
        place
        details
        TroubleView(phone: phone, trouble: model.trouble)
      }
      .navigationTitle(words.text(.report))
      .toolbar {
        ToolbarItem(placement: .cancellationAction) {
          Menu(words.text(.close)) {
            Button(words.text(.keepDraft)) { dismiss() }
            Button(words.text(.discard), role: .destructive) {
              Task {
                await model.discard()
                dismiss()
              }
            }
          }
        }
      }
      .safeAreaInset(edge: .bottom) { save }
      .searchable(text: $search, prompt: words.text(.searchCategory))
      .onChange(of: search) { _, text in Task { await model.find(text) } }
    }
    .task {
      await model.begin(draft)
      if draft == nil { camera = .before }
      for await fix in location.fixes() { await model.settle(fix) }
    }
    .fullScreenCover(item: $camera) { shows in
      CameraView { file in
        camera = nil
        if let file { Task { await model.add(photo: file, shows: shows) } }
      }
    }
    .sheet(isPresented: $isPlacing) { PlacePicker(model: model) }
    .onChange(of: model.saved?.ticket) { _, ticket in
      if ticket != nil { dismiss() }
    }
  }

  private func photos(_ title: String, _ hashes: [Hash], _ shows: Shows) -> some View {
    Section(title) {
      ScrollView(.horizontal) {
        HStack {
          ForEach(hashes, id: \.self) { hash in
            PhotoView(path: model.photos[hash]?.thumbnail, label: title)
              .frame(width: 96, height: 96)
              .contextMenu {
                Button(phone.wording.text(.removePhoto), role: .destructive) {
                  Task { await model.remove(photo: hash) }
                }
              }
          }
          Button {
            camera = shows
          } label: {
            Image(systemName: "camera").font(.title).frame(width: 96, height: 96)
          }
          .accessibilityLabel(phone.wording.text(.takePhoto))
        }
      }
    }
  }

  @ViewBuilder private var category: some View {
    let words = phone.wording
    Section(words.text(.category)) {
      if let chosen = model.category {
        Text(words.language.pick(zh: chosen.zh, en: chosen.en)).font(.headline)
      }
      if search.isEmpty {
        ForEach(model.catalogue?.recent ?? [], id: \.code, content: row)
      }
      ForEach(model.catalogue?.groups ?? [], id: \.code) { group in
        DisclosureGroup(words.language.pick(zh: group.zh, en: group.en), isExpanded: .constant(!search.isEmpty)) {
          ForEach(group.categories, id: \.code, content: row)
        }
      }
    }
  }

  private func row(_ category: CategoryRow) -> some View {
    Button(phone.wording.language.pick(zh: category.zh, en: category.en)) {
      Task { await model.choose(category) }
    }
    .frame(minHeight: 44)
  }

  @ViewBuilder private var place: some View {
    let words = phone.wording
    Section(words.text(.place)) {
      LabeledContent(model.gridLine, value: model.accuracyLine)
      if let handler = model.handlerLine { Text(handler) }
      Button(words.text(.movePin)) { isPlacing = true }
      if model.place?.gateMet == false {
        Picker(words.text(.whyNoFix), selection: gateReason) {
          Text(verbatim: "–").tag(ReasonCode?.none)
          ForEach(model.reasons?.gate ?? [], id: \.code) { reason in
            Text(words.language.pick(zh: reason.zh, en: reason.en)).tag(ReasonCode?.some(reason.code))
          }
        }
      }
    }
    if !model.nearbyLines.isEmpty {
      Section(words.text(.openNearby)) {
        ForEach(model.nearbyLines, id: \.ticket.ticket) { line in
          HStack {
            PhotoView(path: line.ticket.thumbnail, label: line.ticket.number).frame(width: 64, height: 64)
            Text(line.text)
            Spacer()
            Toggle(words.text(.sameAgain), isOn: repeats(line.ticket.ticket)).labelsHidden()
              .accessibilityLabel(words.text(.sameAgain))
          }
        }
      }
    }
  }

  @ViewBuilder private var details: some View {
    let words = phone.wording
    Section(words.text(.details)) {
      TextField(words.text(.wordsHint), text: text(\.words), axis: .vertical)
      TextField(words.text(.placeHint), text: text(\.place))
      Picker(words.text(.onTheSpot), selection: outcome) {
        Text(words.text(.notYet)).tag(Outcome?.none)
        Text(words.text(.outcomeRectified)).tag(Outcome?.some(.rectified))
        Text(words.text(.outcomePersuaded)).tag(Outcome?.some(.persuaded))
      }
    }
    if model.edit?.outcome == .rectified {
      photos(words.text(.photosAfter), model.edit?.after ?? [], .after)
    }
  }

  private var save: some View {
    VStack {
      ForEach(model.needLines, id: \.self) { Text($0).font(.callout).foregroundStyle(.secondary) }
      Button {
        Task { await model.save() }
      } label: {
        Text(phone.wording.text(.save)).font(.title2.bold()).frame(maxWidth: .infinity, minHeight: 56)
      }
      .buttonStyle(.borderedProminent)
      .disabled(!model.canSave)
    }
    .padding()
    .background(.bar)
  }

  private var gateReason: Binding<ReasonCode?> {
    Binding {
      model.edit?.gateReason
    } set: { reason in
      Task { await model.change { $0.gateReason = reason } }
    }
  }

  private var outcome: Binding<Outcome?> {
    Binding {
      model.edit?.outcome
    } set: { outcome in
      Task { await model.onTheSpot(outcome) }
    }
  }

  private func repeats(_ ticket: TicketId) -> Binding<Bool> {
    Binding {
      model.edit?.recurs == ticket
    } set: { same in
      Task { await model.repeats(same ? ticket : nil) }
    }
  }

  private func text(_ path: WritableKeyPath<DraftEdit, String?> & Sendable) -> Binding<String> {
    Binding {
      model.edit?[keyPath: path] ?? ""
    } set: { text in
      Task { await model.change { $0[keyPath: path] = text } }
    }
  }
}

/// What is to be photographed, as something that a cover can be shown for.
extension Shows: @retroactive Identifiable {
  /// Itself.
  public var id: Self { self }
}
