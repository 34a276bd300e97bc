import Diagnostics

/// A cell of a table for a spreadsheet, quoted where it must be (RFC 4180).
///
/// A text that a spreadsheet would take for a formula gets an apostrophe before it.
func csvCell(_ text: String) -> String {
  var safe = printable(text)
  // Where letters are wide, the wide signs start one, too.
  if let first = safe.unicodeScalars.first, "=+-@＝＋－＠".unicodeScalars.contains(first) { safe = "'" + safe }
  // Some sheets split at semicolons.
  guard safe.unicodeScalars.contains(where: { $0 == "," || $0 == ";" || $0 == "\"" }) else { return safe }
  return "\"" + safe.replacing("\"", with: "\"\"") + "\""
}
