import Diagnostics
import FileFormats
import GraphCore
import TestSupport
import Testing

struct EdgeListFileTests {
  @Test(
    "the same list, however it is written",
    arguments: [
      "from,to,capacity\nmine,smelter,3\nsmelter,plant,0.5\nmine,plant,12.25\n",
      "from,to,capacity\r\nmine,smelter,3\r\nsmelter,plant,0.5\r\nmine,plant,12.25",
      "\u{FEFF}from,to,capacity\rmine,smelter,3\rsmelter,plant,0.5\rmine,plant,12.25\r",
      "capacity,to,from\n3,smelter,mine\n0.5,plant,smelter\n12.25,plant,mine\n",
      "\nfrom,to,capacity\n\n\nmine,smelter,3.0\n\nsmelter,plant,5e-1\nmine,plant,12.250\n\n",
      "from , \"to\",capacity\nmine,\"smelter\",3\n\"smelter\",plant,\"0.5\"\n mine ,plant, 12.25\n",
    ])
  func forms(text: String) throws {
    let list = try #require(reading(text).edgeList)
    #expect(list.sources.map { list.siteIDs[$0.position] } == ["mine", "smelter", "mine"])
    #expect(list.targets.map { list.siteIDs[$0.position] } == ["smelter", "plant", "plant"])
    #expect(list.capacities == [3, 0.5, 12.25])
    let mine = NodeIndex(try #require(list.siteIDs.firstIndex(of: "mine")))
    #expect(list.graph().successors(of: mine).map { list.siteIDs[$0.position] } == ["smelter", "plant"])
  }

  @Test(
    "numbers come first, in rising order, then names as they stand in the file",
    arguments: [
      (text: "from,to\n", ids: [], from: [], to: []),
      (text: "from,to\n2,0\n0,1\n", ids: ["0", "1", "2"], from: [2, 0], to: [0, 1]),
      (text: "from,to\n70,7\n7,7\n", ids: ["7", "70"], from: [1, 0], to: [0, 0]),
      (text: "to,from\nb,c\n\"a\",b\n", ids: ["b", "c", "a"], from: [1, 0], to: [0, 2]),
      (text: "from,to\nb,3\na,b\n", ids: ["3", "b", "a"], from: [1, 2], to: [0, 1]),
      // Only what is written as a number is written is one; two ways to write it are two ids.
      (text: "from,to\n007,7\n7,1234567890\n", ids: ["7", "007", "1234567890"], from: [1, 0], to: [0, 2]),
      (text: "from,to\n4000000000,5-a\n", ids: ["4000000000", "5-a"], from: [0], to: [1]),
      (text: "from,to\n65,129\n64,0\n", ids: ["0", "64", "65", "129"], from: [2, 1], to: [3, 0]),
    ] as [(text: String, ids: [String], from: [Int], to: [Int])])
  func numbering(text: String, ids: [String], from: [Int], to: [Int]) throws {
    let list = try #require(reading(text).edgeList)
    #expect(list.siteIDs == ids)
    #expect(list.sources == nodes(from))
    #expect(list.targets == nodes(to))
    #expect(list.capacities == nil)
  }

  @Test(
    "what is wrong is told with its place",
    arguments: [
      (
        "",
        """
        e.csv:1:1: error[empty-file]: the file is empty
         1 |\u{20}
           | ^
          help: start it with a header, such as from,to,capacity
        """
      ),
      (
        "from;to\na;b",
        """
        e.csv:1:5: error[wrong-delimiter]: the columns are separated by ';'
         1 | from;to
           |     ^
          help: save the file with ',' between the columns, and '.' in decimal numbers
        """
      ),
      (
        "form,to\na,b",
        """
        e.csv:1:1: error[unknown-column]: 'form' is not a column of 'edge list'
         1 | form,to
           | ^^^^
          help: did you mean 'from'?
        e.csv:1:1: error[missing-column]: the column 'from' is missing
         1 | form,to
           | ^
          help: add it to the header, with a field in every row
        """
      ),
      (
        "from,to,capacity\na,b,1\na,,2\nb,c\nb,c,\nb,c,-1\nb,c,x1\nb,c,1e999\n",
        """
        e.csv:3:1: error[missing-key]: the row has no 'to'
         3 | a,,2
           | ^
          help: fill it in, or remove the row
        e.csv:4:1: error[short-row]: the row has 2 fields, the header 3
         4 | b,c
           | ^
          help: write a ',' for each field that is left out
        e.csv:5:1: error[missing-key]: the row has no 'capacity'
         5 | b,c,
           | ^
          help: leave the column out if capacities are not known of all flows
        e.csv:6:5: error[negative-number]: 'capacity' cannot be negative
         6 | b,c,-1
           |     ^^
          help: check the digits and the unit; leave it out if it is not known
        e.csv:7:5: error[not-a-number]: 'x1' is not a number
         7 | b,c,x1
           |     ^^
          help: write a decimal number, such as 0.5; leave it out if it is not known
        e.csv:8:5: error[out-of-range]: 'capacity' cannot be so large
         8 | b,c,1e999
           |     ^^^^^
          help: check the digits and the unit; leave it out if it is not known
        """
      ),
      (
        "from,to\nthe mine,b\na,b,c\n\"a,b\n",
        """
        e.csv:2:1: error[invalid-id]: ' ' may not stand in an id
         2 | the mine,b
           | ^^^^^^^^
          help: use the letters a to z and A to Z, digits and - _ . : / +
        e.csv:3:1: error[long-row]: the row has 3 fields, the header 2
         3 | a,b,c
           | ^
          help: put a text that holds a ',' between quotes; write decimals with a point
        e.csv:4:1: error[unclosed-quote]: the quote is never closed
         4 | "a,b
           | ^
          help: write a quote that is part of the text twice
        """
      ),
    ])
  func problems(text: String, message: String) {
    let reading = reading(text)
    #expect(reading.edgeList == nil)
    #expect(reading.diagnostics.map { "\($0)" }.joined(separator: "\n").hasPrefix(message))
  }

  @Test("reading what was written gives it back, with and without quotes", arguments: UInt64(0)..<200)
  func readsBack(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let alphabet = [
      "0", "1", "9", "42", "a", "Z", "-", ".", "_", ":", "/", "+", "longer-than-eight-bytes", "00",
    ]
    func id() -> String {
      (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        alphabet.randomElement(using: &generator) ?? ""
      }
      .joined()
    }
    let flows = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
      (id(), id(), Double(Int.random(in: 0...1_000_000, using: &generator)) / 1000)
    }
    let plain = flows.map { "\($0.0),\($0.1),\($0.2)\n" }.joined()
    let quoted = flows.map { "\"\($0.0)\",\"\($0.1)\",\"\($0.2)\"\n" }.joined()
    let list = try #require(reading("from,to,capacity\n" + plain).edgeList)
    #expect(list == reading("from,to,capacity\n" + quoted).edgeList)
    #expect(Set(list.siteIDs).count == list.siteIDs.count)
    #expect(list.sources.map { list.siteIDs[$0.position] } == flows.map(\.0))
    #expect(list.targets.map { list.siteIDs[$0.position] } == flows.map(\.1))
    #expect(list.capacities.map(Array.init) == flows.map(\.2))
  }

  @Test("decimal numbers are the nearest ones", arguments: UInt64(0)..<200)
  func decimals(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let digits = (0..<Int.random(in: 1...17, using: &generator)).map { _ in
      Character("\(Int.random(in: 0...9, using: &generator))")
    }
    let place = Int.random(in: 1...digits.count, using: &generator)
    let text = String(digits[..<place]) + (place < digits.count ? "." + String(digits[place...]) : "")
    let list = try #require(reading("from,to,capacity\na,b,\(text)").edgeList)
    #expect(list.capacities?.first == Double(text))
  }

  @Test(
    "no change of a few bytes makes it crash, or find nothing wrong and lose a flow",
    arguments: UInt64(0)..<500)
  func mutated(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var bytes = Array("from,to,capacity\n1,2,3\nmine,\"smelter\",0.5\r\n12,mine,7\n".utf8)
    let noise = Array("\",\n\r\t 0.9-e\u{0}é;x".utf8)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: bytes.remove(at: place)
      case 1: bytes.insert(noise.randomElement(using: &generator) ?? 0, at: place)
      default: bytes[place] = noise.randomElement(using: &generator) ?? 0
      }
    }
    let reading = EdgeListFile.read(bytes, named: "e.csv")
    #expect((reading.edgeList == nil) == !reading.diagnostics.isEmpty)
    guard let list = reading.edgeList else { return }
    let rows = bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }).count - 1
    #expect(list.sources.count == rows || bytes.count { $0 == 0x22 } > 0)
    #expect(list.targets.count == list.sources.count && list.capacities?.count == list.sources.count)
  }

  @Test("a hundred thousand sites with long names")
  func manyNames() throws {
    let count = 100_000
    let rows = (0..<count).map { "site-number-\($0),site-number-\(($0 + 1) % count)\n" }.joined()
    let list = try #require(reading("from,to\n" + rows).edgeList)
    #expect(list.siteIDs.count == count)
    #expect(list.siteIDs[777] == "site-number-777")
    #expect(list.targets[count - 1] == NodeIndex(0))
  }

  private func reading(_ text: String) -> EdgeListReading {
    EdgeListFile.read(Array(text.utf8), named: "e.csv")
  }

  private func nodes(_ positions: [Int]) -> ContiguousArray<NodeIndex> {
    ContiguousArray(positions.map { NodeIndex($0) })
  }
}
