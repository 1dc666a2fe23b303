import RedVestKit
import SwiftUI

/// The pin on a plain canvas of grid borders, with the fix's circle and open tickets; below it the tree of grids.
struct PlacePicker: View {
  let model: any Placing
  @Environment(\.dismiss) private var dismiss
  @State private var grids: [GridRow] = []
  @State private var path: [GridRow] = []

  var body: some View {
    let words = model.phone.wording
    NavigationStack {
      List {
        Section(model.gridLine) {
          canvas.frame(height: 280)
          Button(words.text(.followFix)) { Task { await model.followFix() } }
        }
        Section(words.text(.chooseGrid)) {
          ForEach(path, id: \.code) { grid in
            Label(grid.name, systemImage: "chevron.down")
          }
          ForEach(grids, id: \.code) { grid in
            Button(grid.name) {
              Task {
                await model.pick(grid: grid.code)
                guard grid.hasChildren else { return dismiss() }
                path.append(grid)
                grids = await model.grids(below: grid.code, text: "")
              }
            }
          }
        }
      }
      .navigationTitle(words.text(.place))
      .toolbar { Button(words.text(.done)) { dismiss() } }
    }
    .task {
      grids = await model.recentGrids()
      if grids.isEmpty { grids = await model.grids(below: nil, text: "") }
    }
  }

  private var canvas: some View {
    GeometryReader { frame in
      Canvas { context, size in
        guard let middle = model.pin ?? model.fix?.position else { return }
        let scale = Scale(middle: middle, radius: Double(model.radius), size: size)
        for border in model.surroundings?.borders ?? [] {
          var outline = Path()
          for ring in border.rings { outline.addLines(ring.map(scale.point)) }
          context.stroke(outline, with: .color(.secondary))
        }
        for ticket in model.surroundings?.nearby ?? [] {
          guard let pin = ticket.pin else { continue }
          context.fill(Path(ellipseIn: scale.circle(pin, metres: 4)), with: .color(.orange))
        }
        if let fix = model.fix {
          let metres = Double(fix.accuracyCm ?? 0) / 100
          context.stroke(Path(ellipseIn: scale.circle(fix.position, metres: metres)), with: .color(.blue))
        }
        context.fill(Path(ellipseIn: scale.circle(middle, metres: 5)), with: .color(.red))
      }
      .contentShape(Rectangle())
      .onTapGesture { tap in
        guard let middle = model.pin ?? model.fix?.position else { return }
        let scale = Scale(middle: middle, radius: Double(model.radius), size: frame.size)
        if let pin = scale.position(tap) { Task { await model.move(pin: pin) } }
      }
    }
    .accessibilityElement()
    .accessibilityLabel("\(model.gridLine) \(model.accuracyLine)")
  }
}

/// Metres around a middle, on a canvas.
struct Scale {
  let middle: Position
  let radius: Double
  let size: CGSize

  private var perMetre: Double { min(size.width, size.height) / 2 / max(1, radius) }
  private static let metresPerDegree = 111_195.0
  private var narrow: Double { cos(middle.lat * .pi / 180) }

  func point(_ position: Position) -> CGPoint {
    let east = (position.lon - middle.lon) * Scale.metresPerDegree * narrow
    let north = (position.lat - middle.lat) * Scale.metresPerDegree
    return CGPoint(x: size.width / 2 + east * perMetre, y: size.height / 2 - north * perMetre)
  }

  func circle(_ position: Position, metres: Double) -> CGRect {
    let (point, radius) = (point(position), metres * perMetre)
    return CGRect(x: point.x - radius, y: point.y - radius, width: 2 * radius, height: 2 * radius)
  }

  func position(_ point: CGPoint) -> Position? {
    let (east, north) = ((point.x - size.width / 2) / perMetre, (size.height / 2 - point.y) / perMetre)
    return Position(
      lat: middle.lat + north / Scale.metresPerDegree,
      lon: middle.lon + east / Scale.metresPerDegree / max(0.01, narrow))
  }
}
