import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif
#if canImport(Security)
  import CryptoKit
  import Security
#endif

/// All requests of a session that are under way: hands what the session tells to the one that it is about.
final class Exchanges: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  private let lock = NSLock()
  private var underWay: [Int: Exchange] = [:]
  private var toldAll: (@Sendable () -> Void)?

  /// Remembers whom to tell when a background session has told everything.
  func whenToldAll(_ done: @escaping @Sendable () -> Void) {
    lock.withLock { toldAll = done }
  }

  /// Whom to tell, once.
  func takeToldAll() -> (@Sendable () -> Void)? {
    lock.withLock {
      defer { toldAll = nil }
      return toldAll
    }
  }

  func add(_ exchange: Exchange, of task: URLSessionTask) {
    lock.withLock { underWay[task.taskIdentifier] = exchange }
  }

  func exchange(of task: URLSessionTask) -> Exchange? {
    lock.withLock { underWay[task.taskIdentifier] }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    if let exchange = exchange(of: dataTask), !exchange.take(response) { exchange.fail(.broken) }
    completionHandler(.allow)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    if let exchange = exchange(of: dataTask), !exchange.take(data) { exchange.fail(.broken) }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didSendBodyData bytesSent: Int64, totalBytesSent: Int64,
    totalBytesExpectedToSend: Int64
  ) {
    exchange(of: task)?.sent(bytesSent)
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    lock.withLock { underWay.removeValue(forKey: task.taskIdentifier) }?.end(error)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
  ) {
    // A hub never redirects, and a token is never carried anywhere else.
    completionHandler(nil)
  }

  #if canImport(Security)
    func urlSession(
      _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
      completionHandler: @escaping (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
      guard challenge.protectionSpace.authenticationMethod == NSURLAuthenticationMethodServerTrust else {
        return completionHandler(.performDefaultHandling, nil)
      }
      guard let exchange = exchange(of: task), let pin = exchange.request.pin else {
        return completionHandler(.performDefaultHandling, nil)
      }
      guard let trust = challenge.protectionSpace.serverTrust, fingerprint(of: trust) == pin.lowercased() else {
        exchange.fail(.certificate)
        return completionHandler(.cancelAuthenticationChallenge, nil)
      }
      completionHandler(.useCredential, URLCredential(trust: trust))
    }

    /// SHA-256 of the server's own certificate, in hexadecimal digits.
    private func fingerprint(of trust: SecTrust) -> String? {
      guard let chain = SecTrustCopyCertificateChain(trust) as? [SecCertificate], let own = chain.first else {
        return nil
      }
      let digest = SHA256.hash(data: SecCertificateCopyData(own) as Data)
      return digest.map { String(format: "%02x", $0) }.joined()
    }
  #endif
}
