/// The hash of some bytes, by which a lock or a page knows that they are the same.
///
/// - Complexity: O(n) for n bytes.
/// - Source: FIPS PUB 180-4, Secure Hash Standard, 2015, section 6.2.
public struct SHA256: Sendable, Hashable {
  /// The 32 bytes of the hash.
  public let bytes: [UInt8]

  /// 64 hexadecimal digits in lower case.
  public var hex: String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }

  /// 44 characters, the last of them `=`.
  ///
  /// - Source: RFC 4648, The Base16, Base32, and Base64 Data Encodings, 2006, section 4.
  public var base64: String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        text.append(place <= group.count ? digits[Int(bits >> UInt32(18 - 6 * place) & 63)] : "=")
      }
    }
    return text
  }

  public init(of bytes: [UInt8]) {
    var state = Self.start
    let tail = Self.padding(of: bytes)
    let whole = bytes.count / 64
    for block in 0..<whole { Self.compress(bytes[(block * 64)..<(block * 64 + 64)], into: &state) }
    for block in 0..<(tail.count / 64) { Self.compress(tail[(block * 64)..<(block * 64 + 64)], into: &state) }
    self.bytes = state.flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  /// What is left of the last block, a bit that is set, zeros, and the length in bits.
  private static func padding(of bytes: [UInt8]) -> [UInt8] {
    var tail = Array(bytes[(bytes.count / 64 * 64)...]) + [0x80]
    while tail.count % 64 != 56 { tail.append(0) }
    let bits = UInt64(bytes.count) * 8
    for shift in stride(from: 56, through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    return tail
  }

  private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
    var words: [UInt32] = []
    words.reserveCapacity(64)
    for start in stride(from: block.startIndex, to: block.endIndex, by: 4) {
      words.append(block[start..<(start + 4)].reduce(0) { $0 << 8 | UInt32($1) })
    }
    for position in 16..<64 {
      let (early, late) = (words[position - 15], words[position - 2])
      let first = turn(early, 7) ^ turn(early, 18) ^ early >> 3
      let second = turn(late, 17) ^ turn(late, 19) ^ late >> 10
      words.append(words[position - 16] &+ first &+ words[position - 7] &+ second)
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for position in 0..<64 {
      let sum = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
      let first = h &+ sum &+ (e & f ^ ~e & g) &+ constants[position] &+ words[position]
      let second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) &+ (a & b ^ a & c ^ b & c)
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
    }
    for (position, word) in [a, b, c, d, e, f, g, h].enumerated() { state[position] &+= word }
  }

  private static func turn(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

  private static let primes: [UInt32] = {
    var primes: [UInt32] = []
    var candidate: UInt32 = 2
    while primes.count < 64 {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes
  }()

  /// The first 32 bits of the fractions of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = primes.map { fraction(of: UInt64($0), power: 3) }

  /// The first 32 bits of the fractions of the square roots of the first 8 primes.
  private static let start: [UInt32] = primes.prefix(8).map { fraction(of: UInt64($0), power: 2) }

  /// The largest r with r^power ≤ number × 2^(32 power), without its whole part: exact, in whole numbers.
  private static func fraction(of number: UInt64, power: Int) -> UInt32 {
    var low: UInt64 = 0
    var high: UInt64 = 1 << 37
    while high - low > 1 {
      let middle = (low + high) / 2
      var product = UInt128(1)
      for _ in 0..<power { product *= UInt128(middle) }
      if product <= UInt128(number) << UInt128(32 * power) { low = middle } else { high = middle }
    }
    return UInt32(truncatingIfNeeded: low)
  }
}
