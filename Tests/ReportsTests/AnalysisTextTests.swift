import Reports
import RiskAnalysis
import SupplyModel
import TestSupport
import Testing

struct AnalysisTextTests {
  private func text(
    _ network: SupplyNetwork, top: Int = 10, width: Int = 100, named name: String = "Graphs/example"
  ) -> StyledText {
    AnalysisText.text(of: RiskSummary(of: network), top: top, width: width, named: name)
  }

  @Test("the report on the example is what it was", arguments: [80, 140])
  func golden(width: Int) throws {
    try expectSnapshot(text(exampleNetwork(), width: width).rendered(colour: false), "analysis-\(width).txt")
  }

  @Test("the coloured report is the plain one with codes around words")
  func colours() throws {
    let text = try text(exampleNetwork())
    let coloured = text.rendered(colour: true)
    #expect(coloured.contains("\u{1B}["))
    #expect(withoutCodes(coloured) == text.rendered(colour: false))
  }

  @Test("severity is a word, not only a colour")
  func severityWords() throws {
    let plain = try text(exampleNetwork()).rendered(colour: false)
    for word in ["severe:", "warning:", "good:", "severe  ", "warning  ", "high"] {
      #expect(plain.contains(word))
    }
  }

  @Test("a table shows no more rows than asked for, and says how many there are")
  func capped() throws {
    let network = try exampleNetwork()
    let short = text(network, top: 1).rendered(colour: false)
    #expect(short.contains(" more countries\n"))
    #expect(short.contains("--top 1000"))
    #expect(short.count < text(network, top: 50).rendered(colour: false).count)
    #expect(!text(network, top: 50).rendered(colour: false).contains("--top"))
    #expect(text(network, top: -5) == text(network, top: 1))
  }

  @Test("no line is wider than the terminal", arguments: [0, 80, 100, 119, 120, 200, 1_000])
  func fits(width: Int) throws {
    for network in [try exampleNetwork(), try hostileNetwork(String(repeating: "鉱山", count: 200))] {
      for line in text(network, width: width).rendered(colour: false).split(separator: "\n") {
        #expect(columns(line) <= min(200, max(80, width)), "\(line)")
        #expect(line.last != " ")
      }
    }
  }

  @Test("a network without anything, and one without demand, have a report")
  func small() throws {
    let empty = text(SupplyNetwork(id: "nothing")).rendered(colour: false)
    #expect(empty.contains("no sites, active ones in 0 countries; 0 products"))
    #expect(empty.contains("no product to follow"))

    var network = try exampleNetwork()
    network.demand = Table()
    network.flows = Table()
    let implied = text(network).rendered(colour: false)
    #expect(implied.contains("3 products."))
    #expect(implied.contains("NdFeB magnet"))
  }

  @Test("names cannot control the terminal", arguments: hostileTexts)
  func hostile(name: String) throws {
    for colour in [false, true] {
      let rendered = try text(hostileNetwork(name), named: name).rendered(colour: colour)
      let plain = colour ? withoutCodes(rendered) : rendered
      #expect(isHarmless(plain))
      #expect(plain.utf8.count < 40_000)
    }
  }

  @Test("the same network gives the same bytes")
  func deterministic() throws {
    #expect(
      try text(exampleNetwork()).rendered(colour: true) == text(exampleNetwork()).rendered(colour: true))
  }

  @Test("a path with a space or a quote is quoted for the shell")
  func quoted() throws {
    let rendered = try text(exampleNetwork(), named: "my nets/o'k").rendered(colour: false)
    #expect(rendered.contains(#"chokepoint draw 'my nets/o'\''k' -o network.svg"#))
  }
}
