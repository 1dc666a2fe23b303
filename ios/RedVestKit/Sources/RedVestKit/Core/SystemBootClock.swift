import Foundation

#if canImport(Darwin)
  import Darwin
#endif

/// A clock that counts on while the phone sleeps, and which boot it counts in.
///
/// With it a phone that is offline, and whose owner turns the clock, still tells when something happened.
public final class SystemBootClock: BootClock {
  /// The system's.
  public init() {}

  /// Milliseconds since the boot, sleep included.
  public func elapsedMs() -> UInt64 {
    #if canImport(Darwin)
      // On Apple's systems this one counts on during sleep; CLOCK_UPTIME_RAW would not.
      clock_gettime_nsec_np(CLOCK_MONOTONIC_RAW) / 1_000_000
    #else
      var now = timespec()
      clock_gettime(CLOCK_BOOTTIME, &now)
      return UInt64(now.tv_sec) * 1_000 + UInt64(now.tv_nsec) / 1_000_000
    #endif
  }

  /// The same for every process of one boot, another after the next.
  public func boot() -> UInt64 {
    #if canImport(Darwin)
      // The kernel's own id of the boot; the instant of the boot would move when the clock is turned.
      var text = [CChar](repeating: 0, count: 64)
      var size = text.count
      guard sysctlbyname("kern.bootsessionuuid", &text, &size, nil, 0) == 0 else { return 0 }
      let id = String(cString: text)
    #else
      let id = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    #endif
    return UInt64(id.filter(\.isHexDigit).prefix(16), radix: 16) ?? 0
  }
}
