import RedVestKit
import SwiftUI

/// What is shown: the enrolment, or the tabs.
struct Root: View {
  @Bindable var opening: Opening

  var body: some View {
    if let phone = opening.phone {
      Tabs(phone: phone, opening: opening)
        .task { await phone.follow() }
    } else if let trouble = opening.trouble {
      ContentUnavailableView {
        Label(trouble.text(.preferred()), systemImage: "externaldrive.badge.exclamationmark")
      } actions: {
        Button(Phrase.tryAgain.text(.preferred())) { opening.begin() }
      }
    } else {
      ProgressView()
    }
  }
}

/// The tabs of an enrolled phone.
private struct Tabs: View {
  let phone: Phone
  @Bindable var opening: Opening
  @State private var home: HomeModel

  init(phone: Phone, opening: Opening) {
    self.phone = phone
    self.opening = opening
    _home = State(initialValue: HomeModel(phone))
  }

  var body: some View {
    let words = phone.wording
    Group {
      if home.needsEnrolment {
        EnrolView(model: EnrolModel(phone, label: UIDevice.current.name), link: $opening.link)
      } else {
        TabView {
          HomeView(phone: phone, model: home)
            .tabItem { Label(words.text(.home), systemImage: "house") }
          WorkListView(phone: phone, model: WorkListModel(phone))
            .tabItem { Label(words.text(.work), systemImage: "checklist") }
          ReviewView(phone: phone, model: ReviewModel(phone))
            .tabItem { Label(words.text(.workReview), systemImage: "rectangle.split.2x1") }
          NoticesView(phone: phone, model: NoticesModel(phone))
            .tabItem { Label(words.text(.notices), systemImage: "bell") }
          SyncView(phone: phone, model: SyncModel(phone))
            .tabItem { Label(words.text(.syncing), systemImage: "arrow.triangle.2.circlepath") }
        }
        .sheet(item: $opening.ticket.asItem) { ticket in
          NavigationStack { TicketView(model: TicketModel(phone, ticket: ticket.id)) }
        }
      }
    }
    .task { await home.follow() }
  }
}

/// A ticket to be opened by itself.
struct TicketToOpen: Identifiable {
  let id: TicketId
}

extension Binding where Value == TicketId? {
  /// The same as something that a sheet can be shown for.
  var asItem: Binding<TicketToOpen?> {
    Binding<TicketToOpen?> {
      wrappedValue.map(TicketToOpen.init)
    } set: {
      wrappedValue = $0?.id
    }
  }
}

/// The sentence for what went wrong, above whatever it is about.
struct TroubleView: View {
  let phone: Phone
  let trouble: Said?

  var body: some View {
    if let trouble {
      Label(trouble.text(phone.language), systemImage: "exclamationmark.triangle")
        .font(.callout)
        .foregroundStyle(.red)
        .accessibilityAddTraits(.isStaticText)
    }
  }
}

/// A photo out of a file, or a sign that it is not here yet.
struct PhotoView: View {
  let path: String?
  let label: String

  var body: some View {
    Group {
      if let path, let image = UIImage(contentsOfFile: path) {
        Image(uiImage: image).resizable().scaledToFill()
      } else {
        Image(systemName: "photo").font(.largeTitle).foregroundStyle(.secondary)
          .frame(maxWidth: .infinity, maxHeight: .infinity)
          .background(.quaternary)
      }
    }
    .clipped()
    .accessibilityLabel(label)
  }
}
