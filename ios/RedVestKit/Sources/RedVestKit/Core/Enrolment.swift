import Foundation

extension RedVest {
  /// Enrols this device with a one-time code, as scanned, opened or typed. `label` is what the office's list calls the
  /// device. After a lost answer the same code may be tried again.
  public func enrol(code: String, label: String, over transport: any HubTransport) async throws {
    let request = try await ask { try $0.enrolRequest(code: code, label: label) }
    let reply = try await transport.answer(to: request)
    try await ask { try $0.enrolReply(code: code, reply: reply) }
  }

  /// Gives a device whose chain forked (`forked_chain`: restored from a backup, or copied) a new key and a new chain.
  public func rekey(label: String, over transport: any HubTransport) async throws {
    let request = try await ask { try $0.rekeyRequest(label: label) }
    let reply = try await transport.answer(to: request)
    try await ask { try $0.rekeyReply(reply: reply) }
  }

  /// The file that proves a ticket, to be kept or sent on; `redvest verify` checks it.
  public func evidence(of ticket: TicketId, over transport: any HubTransport) async throws -> Data {
    let request = try await ask { try $0.evidenceRequest(ticket: ticket) }
    let reply = try await transport.answer(to: request)
    return try await ask { try $0.evidenceReply(reply: reply) }
  }
}
