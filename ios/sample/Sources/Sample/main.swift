// Enrols with the code that is given, reports a ticket and sends it.
// usage: Sample FOLDER CODE
import Foundation
import RedVestKit

let folder = URL(fileURLWithPath: CommandLine.arguments[1])
let (code, transport) = (CommandLine.arguments[2], URLSessionTransport())
let redvest = try await RedVest.open(folder: folder, vault: platformVault(besides: folder))
try await redvest.enrol(code: code, label: "sample", over: transport)
let runner = SyncRunner(redvest, over: transport)
_ = try await runner.sync()
let here = Fix(Position(latE7: 312_325_000, lonE7: 1_214_725_000), metres: 5)
let done = try await redvest.ask { try $0.report(request: Report("X201", at: here), by: .saying("烟头")) }
let summary = try await runner.sync()
print("reported \(done.row.number), the hub accepted \(summary.accepted)")
