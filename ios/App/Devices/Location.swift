import CoreLocation
import RedVestKit

/// Where the phone is, as fixes of the core's.
@MainActor
final class Location: NSObject {
  private let manager = CLLocationManager()

  /// Fixes until the task that reads them ends; none where the user does not allow it.
  func fixes() -> AsyncStream<Fix> {
    let (stream, continuation) = AsyncStream.makeStream(of: Fix.self, bufferingPolicy: .bufferingNewest(1))
    manager.desiredAccuracy = kCLLocationAccuracyBest
    manager.requestWhenInUseAuthorization()
    let updates = Task {
      do {
        for try await update in CLLocationUpdate.liveUpdates(.fitness) {
          if let fix = update.location.flatMap(Fix.init) { continuation.yield(fix) }
        }
      } catch {
        // Without a position the pin is put by hand.
      }
      continuation.finish()
    }
    continuation.onTermination = { _ in updates.cancel() }
    return stream
  }
}

extension Fix {
  /// A measurement of the system's, with its doubts.
  init?(_ location: CLLocation) {
    let (place, accuracy) = (location.coordinate, location.horizontalAccuracy)
    guard accuracy >= 0, let position = Position(lat: place.latitude, lon: place.longitude) else { return nil }
    let age = max(0, -location.timestamp.timeIntervalSinceNow) * 1_000
    self.init(
      position: position, accuracyCm: UInt32(clamping: Int64(accuracy * 100)), source: .fused,
      ageMs: UInt32(clamping: Int64(age)), mock: location.sourceInformation?.isSimulatedBySoftware ?? false)
  }
}
