public import Diagnostics
public import SupplyModel

/// Where the sites of an edge list stand, and who runs them.
public struct EdgeListSites: Sendable, Hashable {
  /// For each site of the list its country; nil if it is not known.
  public let countries: [Country?]

  /// For each site of the list the id of its operator; nil if it is not known.
  public let operators: [String?]
}

/// What reading a file of sites gave: the sites, unless something is wrong with it, and all that is wrong.
public struct EdgeListSitesReading: Sendable {
  /// Nil if there is any error.
  public let sites: EdgeListSites?

  /// Sorted by place; at most 200, the last of which then says how many more there are.
  public let diagnostics: [Diagnostic]
}

extension EdgeListFile {
  /// Reads a CSV file with the columns `id` and perhaps `country` and `operator`, one row a site, in any order.
  ///
  /// Each row is a site of the edge list. Of sites without a row, and of fields left empty, nothing is known.
  ///
  /// - Parameters:
  ///   - bytes: the bytes of the file.
  ///   - name: what diagnostics call it.
  ///   - list: the edge list whose sites they are.
  /// - Returns: the sites, or what is wrong.
  /// - Complexity: O(n) expected for n bytes in both files.
  public static func readSites(_ bytes: [UInt8], named name: String, of list: EdgeList)
    -> EdgeListSitesReading
  {
    var problems = Problems()
    let file = problems.add(SourceFile(name: name, bytes: bytes, limit: limit))
    guard problems.checkText(bytes, in: file, limit: limit),
      var rows = CSVReader(file: file, bytes: bytes, format: .edgeListSites, problems: &problems)
    else { return EdgeListSitesReading(sites: nil, diagnostics: problems.diagnostics()) }

    var positions: [String: Int] = [:]
    positions.reserveCapacity(list.siteIDs.count)
    for (position, id) in list.siteIDs.enumerated() { positions[id] = position }
    var spots = [Spot?](repeating: nil, count: list.siteIDs.count)
    var countries = [Country?](repeating: nil, count: list.siteIDs.count)
    var operators = [String?](repeating: nil, count: list.siteIDs.count)
    while rows.nextRow(&problems) {
      guard rows.isWholeRow else { continue }
      guard let id = rows.cell("id"), let text = id.text else {
        problems.report(
          "missing-key", at: rows.rowSpot, "the row has no 'id'", help: "fill it in, or remove the row")
        continue
      }
      guard let site = positions[text] else {
        problems.report(
          "unknown-id", at: id.spot, "no flow leads from or to a site '\(text)'",
          help: suggestion(for: text, from: list.siteIDs).map { "did you mean '\($0)'?" } ?? "remove the row")
        continue
      }
      if let earlier = spots[site] {
        problems.report(
          "duplicate-id", at: id.spot, "the id '\(text)' is given twice", earlier: earlier,
          help: "remove one of the two rows")
      }
      spots[site] = id.spot
      if let item = rows.cell("country"), let code = item.text {
        countries[site] = Country(code: code)
        if countries[site] == nil {
          problems.report(
            "unknown-country", at: item.spot, "no country has the code '\(code)'",
            help: countryHelp(for: code))
        }
      }
      if let item = rows.cell("operator"), let text = item.text, problems.checkID(text, at: item.spot) {
        operators[site] = text
      }
    }
    return EdgeListSitesReading(
      sites: problems.errorCount == 0 ? EdgeListSites(countries: countries, operators: operators) : nil,
      diagnostics: problems.diagnostics())
  }
}
