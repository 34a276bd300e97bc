/// Returns `pdf` with the date of its making set to the start of 2000.
///
/// Cairo writes the clock and the time zone into every file, and has no switch against it. Other than in
/// universal time the zone takes some bytes more; they go, and the positions that the file's table of
/// contents gives are lowered by their number. A file without such a date stays as it is.
func withFixedDate(pdf: [UInt8]) -> [UInt8] {
  let date = Array("20000101000000Z".utf8)
  let key = Array("/CreationDate (D:".utf8)
  guard
    let start = lastPosition(of: key, in: pdf).map({ $0 + key.count }),
    let end = pdf[start...].prefix(32).firstIndex(of: UInt8(ascii: ")")),
    end - start >= date.count
  else { return pdf }
  var result = pdf
  result.replaceSubrange(start..<end, with: date)
  let removed = end - start - date.count
  if removed > 0 { lowerPositions(in: &result, beyond: start, by: removed) }
  return result
}

/// Lowers what the cross-reference table and the pointer to it say (ISO 32000-1, 7.5.4 and 7.5.5).
private func lowerPositions(in pdf: inout [UInt8], beyond start: Int, by removed: Int) {
  let tableMark = Array("\nxref\n".utf8)
  let pointerMark = Array("startxref\n".utf8)
  guard
    let table = lastPosition(of: tableMark, in: pdf).map({ $0 + tableMark.count }),
    let pointer = lastPosition(of: pointerMark, in: pdf).map({ $0 + pointerMark.count }),
    let headerEnd = pdf[table...].firstIndex(of: UInt8(ascii: "\n"))
  else { return }
  // An entry is "pppppppppp ggggg n \n", with a leading zero for every digit that the position lacks.
  let entryLength = 20
  let kindOffset = 17
  var entry = headerEnd + 1
  while entry + entryLength <= pointer, let position = number(in: pdf[entry..<entry + 10]) {
    if pdf[entry + kindOffset] == UInt8(ascii: "n") && position > start {
      let digits = Array(String(position - removed).utf8)
      let zeros = Array(repeating: UInt8(ascii: "0"), count: 10 - digits.count)
      pdf.replaceSubrange(entry..<entry + 10, with: zeros + digits)
    }
    entry += entryLength
  }
  let digits = pdf[pointer...].prefix { $0 != UInt8(ascii: "\n") }
  if let position = number(in: digits) {
    pdf.replaceSubrange(digits.indices, with: String(position - removed).utf8)
  }
}

private func number(in digits: ArraySlice<UInt8>) -> Int? {
  Int(String(decoding: digits, as: UTF8.self))
}

private func lastPosition(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
  guard bytes.count >= pattern.count else { return nil }
  return (0...bytes.count - pattern.count).last { start in
    bytes[start] == pattern[0] && bytes[start..<start + pattern.count].elementsEqual(pattern)
  }
}
