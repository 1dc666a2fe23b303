/// SHA-256 (FIPS 180-4) for tests that know nothing of the core: Foundation on Linux has none, and CryptoKit is Apple's.
func sha256(_ message: [UInt8]) -> [UInt8] {
  var state = fractionsOfSquareRoots
  var padded = message + [0x80]
  while padded.count % 64 != 56 { padded.append(0) }
  let bits = UInt64(message.count) * 8
  padded += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
  for start in stride(from: 0, to: padded.count, by: 64) {
    compress(&state, padded[start..<start + 64])
  }
  return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
}

private func compress(_ state: inout [UInt32], _ block: ArraySlice<UInt8>) {
  func turned(_ word: UInt32, _ bits: UInt32) -> UInt32 { word >> bits | word << (32 - bits) }
  var words = stride(from: block.startIndex, to: block.endIndex, by: 4).map { at in
    block[at..<at + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
  }
  for at in 16..<64 {
    let (near, far) = (words[at - 2], words[at - 15])
    let one = turned(near, 17) ^ turned(near, 19) ^ near >> 10
    let other = turned(far, 7) ^ turned(far, 18) ^ far >> 3
    words.append(words[at - 16] &+ other &+ words[at - 7] &+ one)
  }
  var now = state
  for at in 0..<64 {
    let (a, e) = (now[0], now[4])
    let choice = e & now[5] ^ ~e & now[6]
    let majority = a & now[1] ^ a & now[2] ^ now[1] & now[2]
    let mixed = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
    let first = now[7] &+ mixed &+ choice &+ fractionsOfCubeRoots[at] &+ words[at]
    let second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ majority
    now = [first &+ second] + now[0..<3] + [now[3] &+ first] + now[4..<7]
  }
  for at in state.indices { state[at] &+= now[at] }
}

/// The first 32 bits of the fractional parts of the square roots of the first 8 primes.
private let fractionsOfSquareRoots: [UInt32] = [
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]

/// The same of the cube roots of the first 64 primes.
private let fractionsOfCubeRoots: [UInt32] = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]
