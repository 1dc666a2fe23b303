import RedVestKit
import SwiftUI

/// The enrolment: scan, open a link, or type.
struct EnrolView: View {
  @State var model: EnrolModel
  @Binding var link: URL?
  @State private var isScanning = false

  var body: some View {
    let words = Wording(.preferred())
    NavigationStack {
      Form {
        Section {
          Button {
            isScanning = true
          } label: {
            Label(words.text(.scanCode), systemImage: "qrcode.viewfinder")
              .font(.title2).frame(maxWidth: .infinity, minHeight: 64)
          }
          .buttonStyle(.borderedProminent)
        } footer: {
          Text(words.text(.enrolHelp))
        }
        Section(words.text(.typeCode)) {
          TextField("redvest:enrol?…", text: $model.code, axis: .vertical)
            .textInputAutocapitalization(.never)
            .autocorrectionDisabled()
            .accessibilityLabel(words.text(.typeCode))
          TextField(words.text(.phoneLabel), text: $model.label)
          Button(words.text(.enrol)) { Task { await model.enrol() } }
            .disabled(!model.isReady)
        }
        if model.step == .asking || model.step == .fetching { ProgressView() }
        if let trouble = model.trouble {
          Label(trouble.text(.preferred()), systemImage: "exclamationmark.triangle").foregroundStyle(.red)
        }
      }
      .navigationTitle("RedVest")
    }
    .sheet(isPresented: $isScanning) {
      CodeScanner { text in
        isScanning = false
        Task { await model.take(text) }
      }
    }
    .task(id: link) {
      await model.load()
      if let link { await model.take(link.absoluteString) }
      link = nil
    }
  }
}
