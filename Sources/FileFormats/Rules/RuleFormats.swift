/// The keys of rule files and of what stands beside them, as `Rules/README.md` lists them.
extension RecordFormat {
  static let rule = RecordFormat(
    "rule",
    """
    format! engine id! version status title! severity! tags references why params for! let when! message! show \
    severity_when fix allow_empty replaced_by examples
    """)
  static let parameter = RecordFormat("params", "type! default! help unit min max")
  static let loop = RecordFormat("for", "each! in!")
  static let severityCase = RecordFormat("severity_when", "if! then!")
  static let example = RecordFormat(
    "examples", "name! network! scenario params with expect! findings complete missing bound")
  static let testCase = RecordFormat(
    "cases", "name! rule! network! scenario params with expect! findings complete missing bound")
  static let edits = RecordFormat("with", "remove set unknown")
  static let expectedFinding = RecordFormat("findings", "subjects! severity message", shorthand: "subjects")
  static let networkFolder = RecordFormat("network", "folder!")
  static let testFile = RecordFormat("test file", "format! engine networks scenarios cases!")
  static let pack = RecordFormat(
    "pack",
    """
    format! engine id! version! title license authors lists rules profiles extends severity off only params
    """)
  static let settings = RecordFormat("profiles", "severity off only params")
  static let waiverFile = RecordFormat("waivers", "format! waivers!")
  static let waiver = RecordFormat("waivers", "rule! subjects reason! expires! owner")
  static let baseline = RecordFormat("baseline", "format! fingerprints!")
  static let project = RecordFormat(
    "chokepoint.yaml", "format! rules packs profile severity off only params fail_on waivers baseline")
}
