@testable import Reports
import SupplyModel
import Testing

struct NetworkDiagramTests {
  /// The text of the picture's source, in the baseline and under a Chinese ban.
  private func sources(of network: SupplyNetwork) throws -> [String] {
    [
      dotText(of: NetworkDiagram.graph(of: network)),
      dotText(of: NetworkDiagram.graph(of: network, in: .exportBan(try country("CN")))),
    ]
  }

  @Test("the picture's own words need no letters beyond those of every Latin font")
  func letters() throws {
    let network = try exampleNetwork()
    let own: Set<Unicode.Scalar> = ["–", "−", "…", "·", "’"]
    // Names of the example that are not ASCII.
    let names = Set(network.sites.rows.flatMap(\.name.unicodeScalars))
    for source in try sources(of: network) {
      let strange = Set(source.unicodeScalars.filter { !$0.isASCII }).subtracting(own).subtracting(names)
      #expect(strange == [])
    }
  }

  @Test("a box has one size in every scenario, whatever is written in it, unless its border is double")
  func sizes() throws {
    for network in try [exampleNetwork()] + hostileTexts.map(hostileNetwork) {
      let boxes = try sources(of: network).map { source in
        source.split(separator: "\n").filter { $0.contains("class=\"site") }
      }
      #expect(!boxes[0].isEmpty && boxes[0].count == boxes[1].count)
      for (before, after) in zip(boxes[0], boxes[1]) {
        #expect(before.contains("fixedsize=\"true\"") && after.contains("fixedsize=\"true\""))
        if before.contains("single-point") || after.contains("single-point") { continue }
        for size in [#/ width="[0-9.]+"/#, #/ height="[0-9.]+"/#] {
          #expect(before.firstMatch(of: size)?.0 == after.firstMatch(of: size)?.0)
        }
      }
    }
  }

  @Test("title, scenario, legend and what is left out are in the picture")
  func words() throws {
    let network = try exampleNetwork()
    let sources = try sources(of: network)
    for (source, words) in zip(
      sources,
      [
        ["Baseline", "under 30 % of its stage", "size not known"],
        [
          "China bans all of its exports", "loses 10 – 35 %", "banned", "way around the ban", "products stop",
        ],
      ])
    {
      for word in words + [
        "Magnets, a small example", "single point of failure", "12 active sites", "1 planned",
        "2025-12-31", "HHI",
      ] {
        #expect(source.contains(word), "\(word)")
      }
    }
  }

  @Test("a text fits the width it is cut to, and is cut only if it must be", arguments: hostileTexts)
  func fitting(text: String) {
    for width in [0.0, 5, 40, 100, 1e6] {
      let fitted = text.fitted(toWidth: width, size: 10)
      let isWhole = fitted == text
      #expect(isWhole == (text.boldWidth(size: 10) <= width))
      if !isWhole {
        #expect(fitted.last == "…")
        #expect(text.hasPrefix(fitted.dropLast()))
        #expect(fitted.boldWidth(size: 10) <= max(width, "…".boldWidth(size: 10)))
      }
    }
  }

  @Test(
    "widths are those of Helvetica Bold",
    arguments: [("W", 9.44), ("i", 2.78), (" ", 2.78), ("Bayan Obo", 52.79), ("鉱", 13), ("", 0)])
  func widths(text: String, expected: Double) {
    #expect(abs(text.boldWidth(size: 10) - expected) < 0.01)
  }
}
