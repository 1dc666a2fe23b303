import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A way to hubs. The kit's own is ``URLSessionTransport``; an app with other needs, or a test, brings another.
public protocol HubTransport: Sendable {
  /// Sends a request and waits for its reply, whatever its status. `sent` hears of bytes of the body that went out.
  ///
  /// Redirects are not followed. Where a pin is given, the hub's certificate is exactly that one, and nothing else about
  /// it counts; where none is, public authorities decide. Plain HTTP reaches this machine alone. Cancelling the task cuts
  /// the request off.
  ///
  /// - Throws: ``NoReply`` and nothing else.
  func send(_ request: HttpRequest, sent: @escaping @Sendable (_ bytes: Int64) -> Void) async throws -> HttpReply
}

extension HubTransport {
  /// The reply to one request outside of a sync. What the network did is said in people's words.
  func answer(to request: HttpRequest) async throws -> HttpReply {
    do {
      return try await send(request) { _ in }
    } catch let error as NoReply {
      throw netFailure(failure: error.why)
    }
  }
}

/// Why a request got no reply.
public struct NoReply: Error, Equatable {
  /// What happened to it.
  public let why: NetFailure

  /// No reply, for this reason.
  public init(_ why: NetFailure) {
    self.why = why
  }

  /// What an error of the URL loading system means to a sync: a wrong certificate is never mistaken for a missing network.
  init(_ error: any Error) {
    let error = error as NSError
    guard error.domain == NSURLErrorDomain else {
      self.init(.broken)
      return
    }
    switch error.code {
    case NSURLErrorCancelled:
      self.init(.cancelled)
    case NSURLErrorTimedOut, NSURLErrorCannotFindHost, NSURLErrorCannotConnectToHost, NSURLErrorDNSLookupFailed,
      NSURLErrorNotConnectedToInternet, NSURLErrorInternationalRoamingOff, NSURLErrorCallIsActive,
      NSURLErrorDataNotAllowed:
      self.init(.unreachable)
    case NSURLErrorSecureConnectionFailed, NSURLErrorServerCertificateHasBadDate,
      NSURLErrorServerCertificateUntrusted, NSURLErrorServerCertificateHasUnknownRoot,
      NSURLErrorServerCertificateNotYetValid, NSURLErrorClientCertificateRejected,
      NSURLErrorClientCertificateRequired, appTransportSecurity:
      self.init(.certificate)
    default:
      self.init(.broken)
    }
  }

  /// The sentences for it.
  public var said: Said { netFailure(failure: why).said }
}

/// NSURLErrorAppTransportSecurityRequiresSecureConnection, which Foundation on Linux does not name.
private let appTransportSecurity = -1022

extension HttpRequest {
  /// The address, if it is protected: TLS, or this machine alone.
  func protectedAddress() throws -> URL {
    guard let address = URL(string: url), let scheme = address.scheme?.lowercased() else { throw NoReply(.broken) }
    let host = address.host?.trimmingCharacters(in: ["[", "]"]) ?? ""
    let isHere = host == "localhost" || host == "::1" || host.hasPrefix("127.") && host.split(separator: ".").count == 4
    guard scheme == "https" || scheme == "http" && isHere else { throw NoReply(.certificate) }
    return address
  }

  /// The request as the URL loading system wants it, without its body.
  func outgoing() throws -> URLRequest {
    var outgoing = URLRequest(url: try protectedAddress())
    outgoing.httpMethod = method
    for header in headers { outgoing.setValue(header.value, forHTTPHeaderField: header.name) }
    return outgoing
  }
}
