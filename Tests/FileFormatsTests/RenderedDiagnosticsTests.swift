import Diagnostics
import FileFormats
import Testing

/// What a person reads, to the letter, for the mistakes that are made most.
struct RenderedDiagnosticsTests {
  @Test("each diagnostic shows the line, marks the word, and says what to write", arguments: rendered)
  func exact(name: String, expected: String) throws {
    let reading: NetworkReading
    if let input = BadInputTests.manifestCases.first(where: { $0.name == name }) {
      reading = read(BadInputTests.manifest.replacing(input.old, with: input.new, maxReplacements: 1))
    } else {
      let input = try #require(BadInputTests.csvCases.first { $0.name == name })
      let sites = try #require(BadInputTests.manifest.firstRange(of: "sites:\n"))
      let manifest = BadInputTests.manifest[..<sites.lowerBound] + "sites: { csv: sites.csv }\n"
      reading = read(String(manifest), ["sites.csv": input.new])
    }
    #expect(reading.diagnostics.map { "\($0)" }.joined(separator: "\n") == expected)
  }

  @Test("the caret stays under the word at the end of a very long line")
  func longLine() throws {
    let title = String(repeating: "é", count: 30_000)
    let reading = read("chokepoint: 1\nnetwork: { id: x, title: \(title), titel: y }\n")
    let diagnostic = try #require(reading.diagnostics.first)
    #expect(diagnostic.place?.column == 30_028)
    #expect((diagnostic.excerpt?.line ?? "").unicodeScalars.count < 500)
    let lines = "\(diagnostic)".split(separator: "\n").map { Array($0) }
    let caret = try #require(lines[2].firstIndex(of: "^"))
    #expect(String(lines[1][caret..<(caret + 5)]) == "titel")
  }

  @Test("the problems of all files are told at once, sorted by file and place")
  func severalFiles() {
    let manifest = """
      chokepoint: 1
      network: { id: x, titel: X }
      stages: [mine]
      sites: { csv: tables/sites.csv }
      flows: { csv: flows.csv }
      markets: [ { material: gold } ]
      """
    let reading = NetworkFile.read(manifest: Array(manifest.utf8), named: "some/where/network.yaml") { path in
      switch path {
      case "tables/sites.csv": .success(Array("id,stage,lat\na,mien,95\nb,mine\n".utf8))
      case "flows.csv": .success(Array("from,to,volume,volume_unit\na,c,1,t\n".utf8))
      default: .failure(.missing)
      }
    }
    let told = reading.diagnostics.map { diagnostic in
      let place = diagnostic.place
      return "\(place?.file ?? ""):\(place?.line ?? 0):\(place?.column ?? 0) \(diagnostic.id)"
    }
    #expect(
      told == [
        "some/where/flows.csv:2:3 dangling-id",
        "some/where/flows.csv:2:7 wrong-dimension",
        "some/where/network.yaml:2:19 unknown-key",
        "some/where/network.yaml:6:24 dangling-id",
        "some/where/tables/sites.csv:2:3 dangling-id",
        "some/where/tables/sites.csv:2:8 out-of-range",
        "some/where/tables/sites.csv:3:1 short-row",
      ])
  }

  static let rendered: [(name: String, expected: String)] =
    [
      (
        "a misspelt key",
        """
        network.yaml:2:19: error[unknown-key]: 'titel' is not a key of 'network'
         2 | network: { id: x, titel: X, as_of: 2024-12-31 }
           |                   ^^^^^
          help: did you mean 'title'?
        """
      ),
      (
        "a unit that is none",
        """
        network.yaml:17:67: error[unknown-unit]: 'tonnes' is not a unit
         17 |   - { id: pit, stage: mine, country: NO, runs: [dig], capacity: 5 tonnes/yr, lat: 60 }
            |                                                                   ^^^^^^^^^
          help: did you mean 't'?
        """
      ),
      (
        "a mass where a rate is wanted",
        """
        network.yaml:17:67: error[wrong-dimension]: 'capacity' wants mass per time, such as t/yr; 'kt' is a mass
         17 |   - { id: pit, stage: mine, country: NO, runs: [dig], capacity: 5 kt, lat: 60 }
            |                                                                   ^^
          help: write a unit such as kt/yr
        """
      ),
      (
        "an id twice",
        """
        network.yaml:10:11: error[duplicate-id]: two materials have the id 'ore'; first at network.yaml:8:11
         10 |   - { id: ore }
            |           ^^^
          help: give one of them another id, or remove it
        """
      ),
      (
        "a flow from nowhere",
        """
        network.yaml:20:18: error[dangling-id]: no site and no country has the id 'pti'
         20 | flows: [ { from: pti, to: works, material: ore, volume: 4 kt/yr } ]
            |                  ^^^
          help: did you mean 'pit'?
        """
      ),
      (
        "a country by its name",
        """
        network.yaml:18:41: error[unknown-country]: no country has the code 'Sweden'
         18 |   - { id: works, stage: plant, country: Sweden, operator: firm, runs: [smelt], technologies: [ {
            |                                         ^^^^^^
          help: did you mean 'SE' (Sweden)?
        """
      ),
      (
        "a decimal comma",
        """
        network.yaml:17:66: error[not-a-number]: '0,5' is not a number
         17 |   - { id: pit, stage: mine, country: NO, runs: [dig], capacity: '0,5 kt/yr', lat: 60 }
            |                                                                  ^^^
          help: write 0.5, not 0,5
        """
      ),
      (
        "no number",
        """
        network.yaml:17:65: error[not-a-number]: 'NaN' is not a number
         17 |   - { id: pit, stage: mine, country: NO, runs: [dig], capacity: NaN kt/yr, lat: 60 }
            |                                                                 ^^^
          help: write a decimal number, such as 0.5; leave it out if it is not known
        """
      ),
      (
        "a capacity for two processes",
        """
        network.yaml:17:72: error[ambiguous-capacity]: 'pit' runs 2 processes; 'capacity' is of which?
         17 |   - { id: pit, stage: mine, country: NO, runs: [dig, smelt], capacity: 5 kt/yr, lat: 60 }
            |                                                                        ^^^^^^^
          help: write it in 'operations', in a row for each process
        """
      ),
      (
        "a flow of what the destination does not take",
        """
        network.yaml:20:43: error[wrong-material]: 'works' runs nothing that takes 'metal'
         20 | flows: [ { from: CN, to: works, material: metal, volume: 4 kt/yr } ]
            |                                           ^^^^^
          help: it takes 'ore'
        """
      ),
      (
        "a newer format",
        """
        network.yaml:1:13: error[newer-format]: the file has format 2; this version reads format 1
         1 | chokepoint: 2
           |             ^
          help: use a newer version of chokepoint
        """
      ),
      (
        "an anchor and an alias",
        """
        network.yaml:3:9: error[refused-yaml]: anchors such as '&s' are not allowed
         3 | stages: &s [mine, plant]
           |         ^^
          help: write the value out, or quote the text
        network.yaml:4:11: error[refused-yaml]: aliases such as '*s' are not allowed
         4 | markets2: *s
           |           ^^
          help: write the value out, or quote the text
        """
      ),
      (
        "a bracket that is not closed",
        """
        network.yaml:3:9: error[invalid-yaml]: the list that starts here is not closed
         3 | stages: [mine, plant
           |         ^
          help: add ']', or a ',' between the items
        """
      ),
      (
        "a file that is missing",
        """
        network.yaml:3:16: error[unreadable-file]: cannot read 'none.csv': there is no such file
         3 | stages: { csv: none.csv }
           |                ^^^^^^^^
          help: check the name, upper and lower case included, and the folder
        """
      ),
      (
        "a short row",
        """
        sites.csv:3:1: error[short-row]: the row has 2 fields, the header 3
         3 | works,plant
           | ^
          help: write a ',' for each field that is left out
        """
      ),
      (
        "semicolons between the columns",
        """
        sites.csv:1:3: error[wrong-delimiter]: the columns are separated by ';'
         1 | id;stage;country
           |   ^
          help: save the file with ',' between the columns, and '.' in decimal numbers
        """
      ),
      (
        "a problem after letters outside of ASCII",
        """
        sites.csv:2:11: error[dangling-id]: no stage has the id 'mien'
         2 | pit,Grüße,mien
           |           ^^^^
          help: did you mean 'mine'?
        """
      ),
      (
        "thousands after a narrow blank",
        """
        sites.csv:2:9: error[not-a-number]: '5\u{202F}000' is not a number
         2 | pit,dig,5\u{202F}000,t/yr
           |         ^^^^^
          help: write 5000, without separators
        """
      ),
      (
        "a range with a dash",
        """
        sites.csv:2:9: error[not-a-number]: '5–7' is not a number
         2 | pit,dig,5–7,t/yr
           |         ^^^
          help: write one number, and the range as 'low' and 'high'
        """
      ),
      (
        "a quoted field that is not closed",
        """
        sites.csv:2:5: error[unclosed-quote]: the quote is never closed
         2 | pit,"The pit
           |     ^
          help: write a quote that is part of the text twice
        """
      ),
    ]
}
