import RiskAnalysis
import SupplyModel

/// A map on which every country is a tile of one size, about where it lies, so that small countries can be read.
struct CountryTiles {
  /// A row of tiles for each line, three characters for each tile.
  private static let grid = """
                         GL    IS          NO SE       FI
          CA                                        LV EE       RU
                                     GB    DK       LT
                                  IE BE NL DE CZ PL    BY
                                        LU    AT SK    MD UA          KZ
                                        FR CH SI HU RS RO                            MN
                                           IT HR BA XK BG    GE          KG
             US                   PT ES       ME AL MK    TR AM AZ TM UZ TJ                KP
                                           TN MT    GR CY LB SY IQ IR AF             CN    KR JP
                                  MA    DZ             PS IL JO KW BH    PK NP BT
          MX    CU BS                            LY    EG    SA QA AE       IN BD       HK TW
             BZ JM DO PR    CV SN MR ML    NE                   YE OM             MM LA
          GT SV HN HT TT    GW GM GN BF BJ       TD    SD    ER DJ                TH KH VN PH
             NI CR VE GY       SL CI GH TG NG CM CF       SS ET SO          LK          BN
                PA CO SR GF       LR       GQ          RW UG KE                   MY SG
                EC                         GA CG    CD BI TZ       SC                   ID    PG
                   PE    BR                      AO    ZM MW    KM                         TL    SB
                      BO                               ZW MZ    MG MU                            VU FJ
                      PY                         NA BW    SZ                                  AU NC
                   CL UY                            ZA LS
                      AR                                                                            NZ
    """

  /// For each country its column and its row.
  static let places: [String: (column: Int, row: Int)] = {
    var places: [String: (column: Int, row: Int)] = [:]
    for (row, line) in grid.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let letters = Array(line)
      for start in stride(from: 0, to: letters.count, by: 3) where start + 1 < letters.count {
        let code = String(letters[start...(start + 1)])
        if !code.contains(" ") { places[code] = (start / 3, row) }
      }
    }
    return places
  }()

  private static let size = 30.0

  /// The class of a share: nothing, or one of five steps.
  static func step(_ share: Double) -> Int {
    switch share {
    case ..<0.000_5: 0
    case ..<0.05: 1
    case ..<0.15: 2
    case ..<0.3: 3
    case ..<0.6: 4
    default: 5
    }
  }

  /// The map of one stage; countries without a tile, and those that have no part, are told too.
  static func svg(of row: Concentration, named name: String) -> HTML {
    var shares: [String: Double] = [:]
    for holder in row.holders { shares[holder.id] = holder.share }
    // Countries that the map leaves out get tiles below it.
    var places = Self.places
    let lowest = places.values.map(\.row).max() ?? 0
    let left = row.holders.map(\.id).filter { places[$0] == nil }
    for (index, code) in left.prefix(30).enumerated() { places[code] = (index, lowest + 2) }
    let columns = (places.values.map(\.column).max() ?? 0) + 1
    let rows = (places.values.map(\.row).max() ?? 0) + 1
    let tiles = places.sorted { ($0.value.row, $0.value.column) < ($1.value.row, $1.value.column) }
      .map { code, place -> HTML in
        let share = shares[code] ?? 0
        let (x, y) = (Double(place.column) * size, Double(place.row) * size)
        let country = Country(code: code)?.name ?? code
        return HTML.element(
          "g", ["class": "tile share-\(step(share))", "data-country": code],
          HTML.element("title", text: "\(country): \(percent(share)) of \(name)"),
          HTML.element(
            "rect",
            [
              "x": decimal(x + 1), "y": decimal(y + 1), "width": decimal(size - 2),
              "height": decimal(size - 2), "rx": "3",
            ]),
          HTML.element(
            "text", ["x": decimal(x + size / 2), "y": decimal(y + 13), "text-anchor": "middle"], text: code),
          HTML.element(
            "text",
            ["class": "share", "x": decimal(x + size / 2), "y": decimal(y + 24), "text-anchor": "middle"],
            text: share > 0.000_5 ? percent(share) : ""))
      }
    return HTML.element(
      "svg",
      [
        "viewBox": "0 0 \(decimal(Double(columns) * size)) \(decimal(Double(rows) * size))", "role": "img",
        "aria-label":
          "Share of each country in \(name); the table of stages has the largest of them in words.",
      ], tiles)
  }
}
