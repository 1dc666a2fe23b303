import RedVestKit
import SwiftUI

/// What waits, how it goes, the last syncs, and the file for whoever looks after the app.
struct SyncView: View {
  let phone: Phone
  @State var model: SyncModel
  @State private var diagnostic: URL?

  var body: some View {
    let words = phone.wording
    NavigationStack {
      List {
        Section {
          ForEach(model.queueLines, id: \.self) { Text($0) }
          if let line = model.progressLine { Text(line).foregroundStyle(.secondary) }
          if model.isRunning {
            Button(words.text(.stopSync)) { Task { await model.stop() } }
          } else {
            Button(words.text(.syncNow)) { Task { await model.syncNow() } }.frame(minHeight: 44)
          }
          TroubleView(phone: phone, trouble: model.trouble)
          Toggle(
            words.text(.originalsOnWifi),
            isOn: Binding {
              phone.settings.originalsOnWifiOnly
            } set: {
              phone.settings.originalsOnWifiOnly = $0
            })
        }
        if !model.postponedLines.isEmpty {
          Section(words.text(.failedFiles)) {
            ForEach(model.postponedLines, id: \.self) { Text($0) }
          }
        }
        Section(words.text(.lastSyncs)) {
          ForEach(model.sessions, id: \.id) { Text(model.text(of: $0)) }
        }
        Section {
          if let diagnostic {
            ShareLink(item: diagnostic) { Text(words.text(.shareDiagnostic)) }
          } else {
            Button(words.text(.makeDiagnostic)) { Task { diagnostic = await model.diagnostic() } }
          }
        }
      }
      .navigationTitle(words.text(.syncing))
    }
    .task { await model.follow() }
  }
}
