import Foundation

#if canImport(Security)
  import Security

  /// The device's keys in the Keychain: on this device alone, readable once it was unlocked after a restart, so that
  /// background syncs find them. They do not travel in backups; a phone that was restored from one is re-keyed.
  public final class KeychainVault: KeyVault {
    private let service: String

    /// A vault under this service's name; every data folder has one of its own.
    public init(service: String = "cn.redvest.keys") {
      self.service = service
    }

    private var item: [CFString: Any] {
      [kSecClass: kSecClassGenericPassword, kSecAttrService: service, kSecAttrAccount: "device"]
    }

    /// What was saved last; nothing before the first time.
    public func load() throws -> Data? {
      var query = item
      query[kSecReturnData] = true
      query[kSecMatchLimit] = kSecMatchLimitOne
      var found: CFTypeRef?
      switch SecItemCopyMatching(query as CFDictionary, &found) {
      case errSecSuccess: return found as? Data
      case errSecItemNotFound: return nil
      case let status: throw VaultError.Unavailable(reason: "SecItemCopyMatching \(status)")
      }
    }

    /// Keeps this instead of what was there.
    public func save(secrets: Data) throws {
      let content: [CFString: Any] = [
        kSecValueData: secrets, kSecAttrAccessible: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
      ]
      let updated = SecItemUpdate(item as CFDictionary, content as CFDictionary)
      if updated == errSecSuccess { return }
      guard updated == errSecItemNotFound else { throw VaultError.Unavailable(reason: "SecItemUpdate \(updated)") }
      let added = SecItemAdd(item.merging(content) { $1 } as CFDictionary, nil)
      guard added == errSecSuccess else { throw VaultError.Unavailable(reason: "SecItemAdd \(added)") }
    }
  }
#endif

/// The vault of this platform: the Keychain where there is one, else a file of mode 0600 beside the data.
public func platformVault(besides folder: URL) throws -> any KeyVault {
  #if canImport(Security)
    return KeychainVault()
  #else
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return fileVault(path: folder.appendingPathComponent("keys").path)
  #endif
}
