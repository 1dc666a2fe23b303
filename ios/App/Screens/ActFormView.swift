import RedVestKit
import SwiftUI

/// The form of one act.
struct ActFormView: View {
  let model: TicketModel
  @Bindable var form: ActForm
  @State private var isShooting = false
  @State private var isPlacing = false
  @State private var location = Location()

  var body: some View {
    let words = form.phone.wording
    NavigationStack {
      Form {
        TroubleView(phone: form.phone, trouble: form.trouble)
        if let asked = form.askedLine { LabeledContent(words.text(.asked), value: asked) }
        if form.act.asks(.outcome) { outcome }
        if form.act.asks(.photos) { photos }
        choices
        Section(words.text(.details)) {
          TextField(words.text(.wordsHint), text: $form.words, axis: .vertical)
            .onChange(of: form.words) { Task { await form.keep() } }
        }
        ForEach(form.needs, id: \.self) { Text($0).foregroundStyle(.secondary) }
      }
      .navigationTitle(words.text(form.act.phrase))
      .toolbar {
        ToolbarItem(placement: .cancellationAction) {
          Button(words.text(.close)) { model.closeForm() }
        }
        ToolbarItem(placement: .confirmationAction) {
          Button(words.text(.save)) { Task { await model.submit() } }.disabled(!form.canSubmit)
        }
      }
    }
    .fullScreenCover(isPresented: $isShooting) {
      CameraView(ghost: form.act == .rectify ? model.before.first?.reviewPath : nil) { file in
        isShooting = false
        if let file { Task { await form.add(photo: file) } }
      }
    }
    .sheet(isPresented: $isPlacing) { PlacePicker(model: form) }
    .task {
      guard form.act == .rectify || form.act == .relocate else { return }
      for await fix in location.fixes() { await form.stand(at: fix) }
    }
  }

  @ViewBuilder private var outcome: some View {
    let words = form.phone.wording
    Section {
      Picker(
        words.text(.outcome),
        selection: Binding {
          form.outcome
        } set: { to in
          Task { await form.choose(to) }
        }
      ) {
        Text(words.text(.outcomeRectified)).tag(Outcome.rectified)
        Text(words.text(.outcomePersuaded)).tag(Outcome.persuaded)
        Text(words.text(.outcomeNothing)).tag(Outcome.nothingFound)
      }
      if let line = form.distanceLine { Text(line) }
      if !form.isGateMet { gateReasons }
    }
  }

  private var gateReasons: some View {
    reasons(
      form.phone.wording.text(.whyNoFix),
      Binding {
        form.gateReason
      } set: { reason in
        form.gateReason = reason
        Task { await form.keep() }
      })
  }

  private var photos: some View {
    Section(form.phone.wording.text(form.act == .rectify ? .photosAfter : .photosEvidence)) {
      ForEach(form.photos, id: \.self) { photo in
        PhotoView(path: form.taken[photo]?.thumbnail, label: form.phone.wording.text(.photoTaken))
          .frame(width: 96, height: 96)
          .swipeActions {
            Button(form.phone.wording.text(.removePhoto), role: .destructive) {
              Task { await form.remove(photo: photo) }
            }
          }
      }
      Button(form.phone.wording.text(.takePhoto)) { isShooting = true }.frame(minHeight: 44)
    }
  }

  @ViewBuilder private var choices: some View {
    let words = form.phone.wording
    if form.act.asks(.wish) { wish }
    if form.act.asks(.reason) { reasons(words.text(.reason), $form.reason) }
    if form.act.asks(.reasons) {
      Section(words.text(.reason)) {
        ForEach(form.choices, id: \.code) { reason in
          Toggle(words.language.pick(zh: reason.zh, en: reason.en), isOn: contains(\.reasonsChosen, reason.code))
        }
      }
    }
    if form.act.asks(.holder) { holders }
    if form.act.asks(.done) { Toggle(words.text(.partDone), isOn: $form.isDone) }
    if form.act.asks(.verdict) { verdict }
    if form.act.asks(.voidReason) { voiding }
    if form.act.asks(.category) {
      Picker(words.text(.category), selection: $form.category) {
        Text(verbatim: "–").tag(CategoryCode?.none)
        ForEach(form.catalogue?.groups.flatMap(\.categories) ?? [], id: \.code) { category in
          Text(words.language.pick(zh: category.zh, en: category.en)).tag(CategoryCode?.some(category.code))
        }
      }
    }
    if form.act.asks(.place) {
      LabeledContent(form.gridLine, value: form.accuracyLine)
      Button(words.text(.movePin)) { isPlacing = true }.frame(minHeight: 44)
      TextField(words.text(.placeHint), text: $form.place)
    }
  }

  @ViewBuilder private var wish: some View {
    let words = form.phone.wording
    Section {
      Picker(words.text(.timeWished), selection: $form.wish) {
        ForEach(form.wishes, id: \.self) { wish in
          Text(words.text(wish == .suspension ? .wishSuspension : .wishMoreTime)).tag(wish)
        }
      }
      if form.wish == .suspension {
        DatePicker(words.text(.until), selection: $form.until, displayedComponents: .date)
      } else {
        Stepper(value: $form.amount, in: form.amountStep...10_000, step: UInt32.Stride(form.amountStep)) {
          LabeledContent(words.text(.howMuch), value: form.amountLine ?? "")
        }
      }
    }
  }

  @ViewBuilder private var voiding: some View {
    let words = form.phone.wording
    Picker(words.text(.reason), selection: $form.voidChoice) {
      Text(verbatim: "–").tag(ActForm.VoidChoice?.none)
      Text(words.text(.voidNoViolation)).tag(ActForm.VoidChoice?.some(.noViolation))
      Text(words.text(.voidDuplicate)).tag(ActForm.VoidChoice?.some(.duplicate))
      Text(words.text(.voidMistake)).tag(ActForm.VoidChoice?.some(.mistake))
    }
    if form.voidChoice == .duplicate {
      Section(words.text(.openNearby)) {
        ForEach(form.nearbyLines, id: \.ticket.ticket) { line in
          choice(line.text, is: form.original == line.ticket.ticket) {
            form.original = line.ticket.ticket
          } picture: {
            PhotoView(path: line.ticket.thumbnail, label: line.ticket.number).frame(width: 64, height: 64)
          }
        }
      }
    }
  }

  @ViewBuilder private var holders: some View {
    let words = form.phone.wording
    Picker(words.text(.lead), selection: $form.lead) {
      Text(verbatim: "–").tag(String?.none)
      ForEach(form.leads, id: \.key) { holder in
        Text(words.language.pick(zh: holder.zh, en: holder.en) ?? holder.key).tag(String?.some(holder.key))
      }
    }
    if form.act.asks(.cooperating) {
      DisclosureGroup(words.text(.cooperating)) {
        ForEach(form.others, id: \.key) { holder in
          Toggle(
            words.language.pick(zh: holder.zh, en: holder.en) ?? holder.key, isOn: contains(\.cooperating, holder.key))
        }
      }
    }
  }

  /// A row with a picture, one of which is chosen.
  private func choice(
    _ text: String, is chosen: Bool, choose: @escaping () -> Void, @ViewBuilder picture: () -> some View
  ) -> some View {
    let picture = picture()
    return Button(action: choose) {
      HStack {
        picture
        Text(text)
        Spacer()
        if chosen { Image(systemName: "checkmark") }
      }
    }
    .accessibilityAddTraits(chosen ? .isSelected : [])
  }

  @ViewBuilder private var verdict: some View {
    let words = form.phone.wording
    Section(words.text(.photo)) {
      ForEach(form.photoLines, id: \.photo.original) { line in
        choice(line.text, is: form.photo == line.photo.original) {
          form.photo = line.photo.original
        } picture: {
          PhotoView(path: line.photo.reviewPath ?? line.photo.thumbnailPath, label: line.text)
            .frame(width: 96, height: 96)
        }
      }
    }
    Picker(words.text(.verdict), selection: $form.verdict) {
      Text(verbatim: "–").tag(PhotoVerdict?.none)
      ForEach(PhotoVerdict.inOrder, id: \.self) { Text(words.text($0.phrase)).tag(PhotoVerdict?.some($0)) }
    }
  }

  private func reasons(_ title: String, _ chosen: Binding<ReasonCode?>) -> some View {
    Picker(title, selection: chosen) {
      Text(verbatim: "–").tag(ReasonCode?.none)
      ForEach(form.choices, id: \.code) { reason in
        Text(form.phone.wording.language.pick(zh: reason.zh, en: reason.en)).tag(ReasonCode?.some(reason.code))
      }
    }
  }

  private func contains(_ path: ReferenceWritableKeyPath<ActForm, Set<String>>, _ item: String) -> Binding<Bool> {
    Binding {
      form[keyPath: path].contains(item)
    } set: { isIn in
      if isIn { form[keyPath: path].insert(item) } else { form[keyPath: path].remove(item) }
    }
  }
}
