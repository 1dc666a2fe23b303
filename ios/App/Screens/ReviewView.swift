import RedVestKit
import SwiftUI

/// Before and after side by side, enlarged together; pass, send back with reasons, next.
struct ReviewView: View {
  let phone: Phone
  @State var model: ReviewModel

  var body: some View {
    let words = phone.wording
    NavigationStack {
      Group {
        if let current = model.current {
          ScrollView {
            VStack(alignment: .leading) {
              Text(words.language.pick(zh: current.row.categoryZh, en: current.row.categoryEn)).font(.headline)
              if let distance = model.distance {
                Label(distance.text, systemImage: distance.isDoubtful ? "exclamationmark.triangle" : "mappin")
                  .foregroundStyle(distance.isDoubtful ? Color.red : Color.secondary)
              }
              HStack {
                photo(model.pair?.before, words.text(.photosBefore))
                photo(model.pair?.after, words.text(.photosAfter))
              }
              .frame(height: 320)
              .gesture(zooming)
              if model.pairs.count > 1 {
                Picker(
                  words.text(.photo),
                  selection: Binding {
                    model.index
                  } set: {
                    model.look(at: $0)
                  }
                ) {
                  ForEach(model.pairs.indices, id: \.self) { Text(verbatim: "\($0 + 1)").tag($0) }
                }
                .pickerStyle(.segmented)
              }
              TroubleView(phone: phone, trouble: model.trouble)
              ForEach(model.reasons, id: \.code) { reason in
                Toggle(words.language.pick(zh: reason.zh, en: reason.en), isOn: chosen(reason.code))
              }
              TextField(words.text(.wordsHint), text: $model.words, axis: .vertical)
              buttons
            }
            .padding()
          }
        } else {
          ContentUnavailableView(words.text(.nothingToReview), systemImage: "checkmark.circle")
        }
      }
      .navigationTitle(model.countLine)
    }
    .task { await model.follow() }
  }

  private func photo(_ row: PhotoRow?, _ title: String) -> some View {
    GeometryReader { frame in
      PhotoView(path: row?.reviewPath ?? row?.thumbnailPath, label: title)
        .frame(width: frame.size.width, height: frame.size.height)
        .scaleEffect(model.zoom.scale)
        .offset(
          x: model.zoom.offset.x * frame.size.width, y: model.zoom.offset.y * frame.size.height)
    }
    .clipped()
  }

  @State private var lastScale = 1.0
  @State private var lastStep = CGSize.zero

  private var zooming: some Gesture {
    MagnifyGesture()
      .onChanged { change in
        model.zoom.scale(by: change.magnification / lastScale)
        lastScale = change.magnification
      }
      .onEnded { _ in lastScale = 1 }
      .simultaneously(
        with: DragGesture()
          .onChanged { change in
            let step = change.translation
            model.zoom.move(by: ((step.width - lastStep.width) / 320, (step.height - lastStep.height) / 320))
            lastStep = step
          }
          .onEnded { _ in lastStep = .zero })
  }

  private var buttons: some View {
    let words = phone.wording
    return HStack {
      Button(words.text(.actSendBack), role: .destructive) { Task { await model.sendBack() } }
        .disabled(!model.canSendBack)
      Spacer()
      Button(words.text(.next)) { Task { await model.skip() } }
      Spacer()
      Button(words.text(.actPass)) { Task { await model.pass() } }
        .buttonStyle(.borderedProminent).disabled(!model.canPass)
    }
    .frame(minHeight: 56)
  }

  private func chosen(_ code: ReasonCode) -> Binding<Bool> {
    Binding {
      model.chosen.contains(code)
    } set: { isIn in
      if isIn { model.chosen.insert(code) } else { model.chosen.remove(code) }
    }
  }
}
