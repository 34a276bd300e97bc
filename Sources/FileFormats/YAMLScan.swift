/// Goes over a YAML text before it is parsed and refuses what could make parsing dear or its meaning
/// doubtful.
///
/// Refused are anchors, aliases, tags, directives, merge keys, a second document, keys given twice, nesting
/// deeper than 32, texts longer than 64 KiB and characters that are invisible. The scan follows the tokens of
/// libyaml, so that `&&` and `*` inside a text are nothing special; where a text is no YAML at all it may
/// stop early, and the parser says why.
///
/// - Complexity: O(n) for n bytes.
struct YAMLScan {
  static let depthLimit = 32
  static let textLimit = 64 << 10

  private let bytes: [UInt8]
  private let file: Int
  private var offset: Int
  private var lineStart: Int
  private var frames: [Frame] = []
  private var flowDepth = 0
  private var hasContent = false
  private var hasEndedDocument = false

  /// A text or a closed flow collection that a `:` on the same line would make a key.
  private var candidate: Candidate?

  private struct Frame {
    /// The column of a block collection; nil in brackets.
    var indent: Int?
    var isMapping = true
    var keys: [ArraySlice<UInt8>: Int] = [:]
    /// Where the bracket stands.
    var start = 0
  }

  private struct Candidate {
    var start: Int
    var lineStart: Int
    var key: ArraySlice<UInt8>?
  }

  /// Whether `bytes`, which are UTF-8, may be parsed; if not, the reasons are among the `problems`.
  static func isHarmless(_ bytes: [UInt8], in file: Int, problems: inout Problems) -> Bool {
    let before = problems.errorCount
    var scan = YAMLScan(bytes, file)
    if scan.checkCharacters(&problems) {
      while problems.errorCount - before < 50, scan.scanToken(&problems) {}
    }
    return problems.errorCount == before
  }

  private init(_ bytes: [UInt8], _ file: Int) {
    self.bytes = bytes
    self.file = file
    offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    lineStart = offset
  }

  private func spot(_ offset: Int, length: Int = 1) -> Spot {
    Spot(file: file, position: .byte(offset), length: length)
  }

  // MARK: Characters

  /// Whether all characters are visible, blanks or line breaks that everybody counts alike.
  private func checkCharacters(_ problems: inout Problems) -> Bool {
    for position in offset..<bytes.count {
      let byte = bytes[position]
      if byte >= 0x20, byte < 0x7F { continue }
      if byte == 0x09 || byte == 0x0A || byte == 0x0D || byte > 0xC3 && byte != 0xE2 && byte != 0xEF {
        continue
      }
      let code: UInt32
      switch byte {
      case 0..<0x80: code = UInt32(byte)
      case 0xC2 where position + 1 < bytes.count: code = UInt32(bytes[position + 1])
      case 0xE2 where position + 2 < bytes.count, 0xEF where position + 2 < bytes.count:
        code =
          UInt32(byte & 0x0F) << 12 | UInt32(bytes[position + 1] & 0x3F) << 6
          | UInt32(bytes[position + 2] & 0x3F)
      default: continue
      }
      switch code {
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
        let hex = String(0x10000 | code, radix: 16, uppercase: true).dropFirst()
        problems.report(
          "invalid-character", at: spot(position),
          "the invisible character U+\(hex) stands here",
          help: "remove it")
        return false
      default: continue
      }
    }
    return true
  }

  private func isBreak(_ position: Int) -> Bool {
    position >= bytes.count || bytes[position] == 0x0A || bytes[position] == 0x0D
  }

  private func isBlank(_ position: Int) -> Bool {
    position < bytes.count && (bytes[position] == 0x20 || bytes[position] == 0x09)
  }

  private func isBlankOrEnd(_ position: Int) -> Bool { isBlank(position) || isBreak(position) }

  /// Columns are bytes here: only those of blanks and indicators matter, and these precede other text.
  private var column: Int { offset - lineStart }

  private mutating func skipBreak() {
    offset += bytes[offset] == 0x0D && offset + 1 < bytes.count && bytes[offset + 1] == 0x0A ? 2 : 1
    lineStart = offset
  }

  private func isAtMarker() -> Bool {
    guard column == 0, offset + 2 < bytes.count, isBlankOrEnd(offset + 3) else { return false }
    let marker = bytes[offset..<(offset + 3)]
    return marker.elementsEqual("---".utf8) || marker.elementsEqual("...".utf8)
  }

  // MARK: Tokens

  /// Scans one token; false at the end, or where going on makes no sense.
  private mutating func scanToken(_ problems: inout Problems) -> Bool {
    skipBlanks()
    guard offset < bytes.count else { return false }
    if flowDepth == 0 { unroll(to: column) }
    if isAtMarker() { return scanMarker(&problems) }
    let start = offset
    let byte = bytes[offset]
    if hasEndedDocument {
      reportSecondDocument(&problems)
      return false
    }
    if column == 0, byte == UInt8(ascii: "%") {
      problems.report("refused-yaml", at: spot(start), "directives are not allowed", help: "remove the line")
      return false
    }
    hasContent = true
    switch byte {
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      flowDepth += 1
      offset += 1
      return push(Frame(isMapping: byte == UInt8(ascii: "{"), start: start), &problems)
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      guard flowDepth > 0, let frame = frames.popLast() else { return false }
      flowDepth -= 1
      offset += 1
      candidate = Candidate(start: frame.start, lineStart: lineStart, key: nil)
    case UInt8(ascii: ","):
      offset += 1
      candidate = nil
    case UInt8(ascii: "-") where isBlankOrEnd(offset + 1),
      UInt8(ascii: "?") where flowDepth > 0 || isBlankOrEnd(offset + 1):
      offset += 1
      candidate = nil
      return roll(to: start - lineStart, at: start, &problems)
    case UInt8(ascii: ":") where flowDepth > 0 || isBlankOrEnd(offset + 1):
      offset += 1
      return scanValue(at: start, &problems)
    case UInt8(ascii: "&"): refuse("anchors", &problems)
    case UInt8(ascii: "*"): refuse("aliases", &problems)
    case UInt8(ascii: "!"): refuse("tags", &problems)
    case UInt8(ascii: "|") where flowDepth == 0, UInt8(ascii: ">") where flowDepth == 0: scanBlockText()
    case UInt8(ascii: "'"), UInt8(ascii: "\""): scanQuotedText(byte)
    default: scanPlainText()
    }
    if offset - start > Self.textLimit {
      problems.report(
        "too-large", at: spot(start), "a text has more than \(Self.textLimit >> 10) KiB",
        help: "shorten it; a long list of rows goes into a CSV file")
    }
    return true
  }

  private mutating func skipBlanks() {
    while offset < bytes.count {
      if isBlank(offset) {
        offset += 1
      } else if isBreak(offset) {
        skipBreak()
      } else if bytes[offset] == UInt8(ascii: "#") {
        while !isBreak(offset) { offset += 1 }
      } else {
        return
      }
    }
  }

  private mutating func scanMarker(_ problems: inout Problems) -> Bool {
    if bytes[offset] == UInt8(ascii: ".") {
      hasEndedDocument = hasContent
    } else if hasContent {
      reportSecondDocument(&problems)
      return false
    } else {
      hasContent = true
    }
    offset += 3
    return true
  }

  private func reportSecondDocument(_ problems: inout Problems) {
    problems.report(
      "refused-yaml", at: spot(offset, length: 3), "a second document starts here",
      help: "write one document in a file")
  }

  private mutating func refuse(_ what: String, _ problems: inout Problems) {
    let start = offset
    while !isBlankOrEnd(offset), !",[]{}".utf8.contains(bytes[offset]) { offset += 1 }
    let word = String(decoding: bytes[start..<offset].prefix(64), as: UTF8.self)
    problems.report(
      "refused-yaml", at: spot(start, length: max(1, offset - start)),
      "\(what) such as '\(word)' are not allowed",
      help: what == "tags"
        ? "leave it out: every value is read as a text" : "write the value out, or quote the text")
    if offset == start { offset += 1 }
  }

  private mutating func scanValue(at colon: Int, _ problems: inout Problems) -> Bool {
    defer { candidate = nil }
    guard let key = candidate, key.lineStart == lineStart else {
      return roll(to: colon - lineStart, at: colon, &problems)
    }
    if flowDepth == 0, !roll(to: key.start - lineStart, at: key.start, &problems) { return false }
    guard let name = key.key, let frame = frames.indices.last, frames[frame].isMapping else { return true }
    let length = colon - key.start
    if name.elementsEqual("<<".utf8) {
      problems.report(
        "refused-yaml", at: spot(key.start, length: 2), "merge keys are not allowed",
        help: "write the keys out")
    } else if let earlier = frames[frame].keys.updateValue(key.start, forKey: name) {
      problems.report(
        "duplicate-key", at: spot(key.start, length: length),
        "'\(String(decoding: name.prefix(64), as: UTF8.self))' is given twice", earlier: spot(earlier),
        help: "put both into one, or rename one")
    }
    return true
  }

  // MARK: Nesting

  private mutating func unroll(to column: Int) {
    while let indent = frames.last?.indent, indent > column { frames.removeLast() }
  }

  private mutating func roll(to column: Int, at start: Int, _ problems: inout Problems) -> Bool {
    guard flowDepth == 0, (frames.last?.indent ?? -1) < column else { return true }
    return push(Frame(indent: column, start: start), &problems)
  }

  private mutating func push(_ frame: Frame, _ problems: inout Problems) -> Bool {
    frames.append(frame)
    candidate = nil
    if frames.count <= Self.depthLimit { return true }
    problems.report(
      "too-deep", at: spot(frame.start), "values are nested deeper than \(Self.depthLimit)",
      help: "take brackets or indentation out: a network needs 7 levels at most")
    return false
  }

  // MARK: Texts

  private mutating func scanPlainText() {
    let start = offset
    let startOfLine = lineStart
    let indent = (frames.last?.indent ?? -1) + 1
    var end = offset
    var isOneLine = true
    while offset < bytes.count {
      if isAtMarker() || bytes[offset] == UInt8(ascii: "#") && offset > start { break }
      while !isBlankOrEnd(offset) {
        let byte = bytes[offset]
        if byte == UInt8(ascii: ":"), isBlankOrEnd(offset + 1) { break }
        if flowDepth > 0 {
          if ",[]{}".utf8.contains(byte) { break }
          if byte == UInt8(ascii: ":"), offset + 1 < bytes.count, ",?[]{}".utf8.contains(bytes[offset + 1]) {
            break
          }
        }
        offset += 1
        end = offset
      }
      guard isBlank(offset) || offset < bytes.count && isBreak(offset) else { break }
      while offset < bytes.count {
        if isBlank(offset) {
          offset += 1
        } else if isBreak(offset) {
          skipBreak()
          isOneLine = false
        } else {
          break
        }
      }
      if flowDepth == 0, !isOneLine, column < indent { break }
    }
    // A character that starts no token is left to the parser to complain about.
    if end == start, offset == start { offset += 1 }
    candidate = isOneLine ? Candidate(start: start, lineStart: startOfLine, key: bytes[start..<end]) : nil
  }

  private mutating func scanQuotedText(_ quote: UInt8) {
    let start = offset
    let startOfLine = lineStart
    var hasEscapes = false
    offset += 1
    while offset < bytes.count {
      if bytes[offset] == quote {
        guard quote == UInt8(ascii: "'"), offset + 1 < bytes.count, bytes[offset + 1] == quote else { break }
        hasEscapes = true
        offset += 2
      } else if quote == UInt8(ascii: "\""), bytes[offset] == UInt8(ascii: "\\") {
        hasEscapes = true
        offset += 1
        if offset < bytes.count, !isBreak(offset) { offset += 1 }
      } else if isBreak(offset) {
        skipBreak()
      } else {
        offset += 1
      }
    }
    let inner = bytes[(start + 1)..<max(start + 1, min(offset, bytes.count))]
    offset = min(offset + 1, bytes.count)
    let isOneLine = lineStart == startOfLine
    candidate =
      isOneLine
      ? Candidate(start: start, lineStart: startOfLine, key: hasEscapes ? nil : inner) : nil
  }

  private mutating func scanBlockText() {
    candidate = nil
    let parent = frames.last?.indent ?? -1
    var increment = 0
    offset += 1
    while !isBreak(offset) {
      if increment == 0, (0x31...0x39).contains(bytes[offset]) { increment = Int(bytes[offset] - 0x30) }
      if bytes[offset] == UInt8(ascii: "#") {
        while !isBreak(offset) { offset += 1 }
        break
      }
      offset += 1
    }
    var indent = increment > 0 ? max(parent, 0) + increment : 0
    var widest = max(parent + 1, 1)
    while offset < bytes.count {
      skipBreak()
      while offset < bytes.count, bytes[offset] == 0x20, indent == 0 || column < indent { offset += 1 }
      widest = max(widest, column)
      guard offset < bytes.count, !isBreak(offset) else { continue }
      // Blank lines count, too: one that is wider than the first line of the text ends it.
      if indent == 0 { indent = widest }
      guard column >= indent else { return }
      while !isBreak(offset) { offset += 1 }
    }
  }
}
