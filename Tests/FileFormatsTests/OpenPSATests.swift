import Diagnostics
import FaultTrees
import FileFormats
import TestSupport
import Testing

struct OpenPSATests {
  private func reading(_ texts: [String]) -> FaultTreeReading {
    OpenPSAFile.read(texts.enumerated().map { ("\($0 + 1).xml", Array($1.utf8)) })
  }

  /// The model, and each problem without its excerpt and help.
  private func read(_ texts: String...) -> (model: FaultTreeModel?, problems: [String]) {
    let result = reading(texts)
    return (
      result.model, result.diagnostics.map { String($0.description.split(separator: "\n")[0]) }
    )
  }

  private func inTree(_ content: String) -> String {
    "<opsa-mef><define-fault-tree name='T'>\(content)</define-fault-tree></opsa-mef>"
  }

  @Test("structure and events may stand in several files")
  func severalFiles() throws {
    let (model, problems) = read(
      """
      <?xml version="1.0"?>
      <!-- structure -->
      <opsa-mef>
        <define-fault-tree name="T">
          <define-gate name="top"><label>a &lt; b &#65;</label>
            <or><event name="a"/><and><basic-event name="b"/><not><house-event name="h"/></not></and></or>
          </define-gate>
          <define-house-event name="h"><constant value="false"/></define-house-event>
        </define-fault-tree>
      </opsa-mef>
      """,
      """
      <opsa-mef><model-data>
        <define-basic-event name="a"><float value="1e-006"/></define-basic-event>
        <define-basic-event name="b"><mul><parameter name="p"/><int value="2"/></mul></define-basic-event>
        <define-parameter name="p"><parameter name="q"/></define-parameter>
        <define-parameter name="q"><lognormal-deviate>
          <float value="0.1"/><float value="3"/><float value="0.95"/></lognormal-deviate></define-parameter>
      </model-data></opsa-mef>
      """)
    #expect(problems == [])
    let read = try #require(model)
    #expect(read.basicEvents == [.init("a", probability: 1e-6), .init("b", probability: 0.2)])
    #expect(read.topGates.map { read.gates[$0].id } == ["top"])
    let tree = try #require(try read.faultTree(top: "top"))
    let sets = try FaultTreeDiagram(tree).minimalCutSets()
    #expect(sets.sets(limit: 9) == [[0], [1]])
    #expect(try read.faultTree(top: "none") == nil)
  }

  @Test("private names belong to their component, and paths lead to them")
  func components() throws {
    let (model, problems) = read(
      inTree(
        """
        <define-gate name="top"><and><gate name="c.top"/><event name="a"/></and></define-gate>
        <define-component name="c" role="private">
          <define-gate name="top"><or><event name="a"/><event name="b"/></or></define-gate>
          <define-basic-event name="b"/>
        </define-component>
        <define-basic-event name="a"/><define-basic-event name="b"/>
        """))
    #expect(problems == [])
    let read = try #require(model)
    #expect(read.gates.map(\.id) == ["top", "T.c.top"])
    #expect(read.basicEvents.map(\.id) == ["T.c.b", "a", "b"])
    #expect(read.gates[1].inputs == [.event(1), .event(0)])
  }

  @Test(
    "problems have a place and are all reported",
    arguments: [
      (
        "<define-gate name='g'><or><event name='x'/></or></define-gate>",
        ["error[unknown-name]: there is no gate or event 'x'"]
      ),
      (
        "<define-gate name='g'><or/></define-gate><define-gate name='h'><not><event name='g'/>"
          + "<event name='g'/></not></define-gate>",
        [
          "error[invalid-formula]: '<or>' takes 1 or more inputs, not 0",
          "error[invalid-formula]: '<not>' takes 1 inputs, not 2",
        ]
      ),
      ("<define-gate><or/></define-gate>", ["error[missing-name]: '<define-gate>' needs a 'name'"]),
      (
        "<define-gate name='g'><gate name='h'/></define-gate><define-gate name='h'><gate name='g'/></define-gate>",
        ["error[cycle]: gates depend on each other: 'g' → 'h' → 'g'"]
      ),
      (
        "<define-basic-event name='e'/><define-gate name='e'><event name='e'/></define-gate>",
        ["error[duplicate-name]: 'e' is defined twice; first at 1.xml:1:39"]
      ),
      (
        "<define-basic-event name='e'><float value='1.5'/></define-basic-event>",
        ["error[out-of-range]: the probability of 'e' is 1.5, not from 0 to 1"]
      ),
      (
        "<define-basic-event name='e'><float value='nan'/></define-basic-event>",
        ["error[invalid-value]: '<float>' needs a number as its 'value'"]
      ),
      (
        "<define-parameter name='p'><parameter name='q'/></define-parameter>"
          + "<define-parameter name='q'><neg><parameter name='p'/></neg></define-parameter>",
        ["error[cycle]: parameters depend on each other"]
      ),
      (
        "<define-parameter name='p'><parameter name='p'/></define-parameter>",
        ["error[cycle]: parameters depend on each other"]
      ),
      (
        "<define-gate name='g'><atleast min='-1'><constant value='true'/></atleast></define-gate>",
        ["error[invalid-value]: '<atleast>' needs a 'min' of 0 or more"]
      ),
      (
        "<define-CCF-group name='c'/>",
        [
          "error[unsupported-element]: '<define-CCF-group>' is not supported, and the answers would be wrong without it"
        ]
      ),
      ("<something/>", ["error[unknown-element]: there is no element '<something>' here"]),
    ] as [(String, [String])])
  func problems(content: String, expected: [String]) {
    let (model, problems) = read(inTree(content))
    #expect(model == nil)
    #expect(problems.count == expected.count)
    for (problem, summary) in zip(problems, expected) {
      #expect(problem.hasPrefix("1.xml:1:"))
      #expect(problem.hasSuffix(": \(summary)"))
    }
  }

  @Test("what depends on time leaves a probability unknown, and says so")
  func missionTime() {
    let (model, problems) = read(
      inTree(
        """
        <define-basic-event name="e">
        <exponential><float value="1"/><system-mission-time/></exponential></define-basic-event>
        <define-gate name="g"><event name="e"/></define-gate>
        """))
    #expect(model?.basicEvents == [.init("e")])
    #expect(
      problems == [
        "1.xml:2:1: warning[unknown-probability]: the probability of 'e' stays unknown: '<exponential>' is not supported"
      ])
  }

  @Test(
    "text that is not well-formed is refused",
    arguments: [
      "", "   ", "text", "<a>", "<a></b>", "<a/><b/>", "<a b=1/>", "<a b='1' b='2'/>", "<a b='1'c='2'/>",
      "<a>&x;</a>",
      "<a>&#0;</a>", "<a>&amp</a>", "<!DOCTYPE a><a/>", "<?pi?><a/>", "<a b='<'/>", "<a><!-- -- --></a>",
      "<a><![CDATA[</a>", "</a>", "<a", "<a b", "<a b=", "<a b='", "<", "<!", "<1/>", "<a>\u{1}</a>",
      "<a/>text",
      "<?xml version='1.0' encoding='UTF-16'?><a/>",
      "<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;'>]><a>&d;</a>",
    ])
  func malformed(text: String) {
    let (model, problems) = read(text)
    #expect(model == nil)
    #expect(problems.count == 1)
  }

  @Test("hostile sizes end in a problem")
  func hostileSizes() {
    let depth = 200_000
    let bomb = String(repeating: "<not>", count: depth)
    #expect(
      read(bomb).problems == ["1.xml:1:5001: error[too-deep]: elements are nested more than 1000 deep"])
    let long = String(repeating: "x", count: 1_000_000)
    #expect(read("<a b='\(long)'/>").problems.count == 1)
    #expect(read("<\(long)/>").problems.count == 1)
    #expect(read("<a>\(long)</a>").problems.count == 1)
    let attributes = (0..<1000).map { " a\($0)=''" }.joined()
    #expect(read("<a\(attributes)/>").problems.count == 1)
    #expect(
      OpenPSAFile.read([("x", [0x3C, 0x61, 0x3E, 0xFF, 0xFE])]).diagnostics.map(\.id) == ["not-utf-8"]
    )
  }

  @Test("no prefix and no changed byte of a file crashes the reader", arguments: UInt64(0)..<50)
  func noise(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let text = try FaultTree.random(maxEvents: 6, isCoherent: false, seed: seed).openPSA
    var bytes = Array(text.utf8)
    _ = OpenPSAFile.read([("x", Array(bytes.prefix(Int(seed) * 13)))])
    for _ in 0..<10 {
      bytes[Int.random(in: bytes.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      _ = OpenPSAFile.read([("x", bytes)])
    }
  }

  @Test("reading what was written gives a tree that means the same", arguments: UInt64(0)..<200)
  func roundTrip(seed: UInt64) throws {
    let tree = try FaultTree.random(maxEvents: 7, isCoherent: false, seed: seed)
    let (model, problems) = read(tree.openPSA)
    #expect(problems == [])
    let written = try #require(model)
    #expect(written.basicEvents == tree.basicEvents)
    #expect(written.topGates == [0])
    let again = try written.faultTree(top: 0)
    let (a, b) = (try FaultTreeDiagram(tree), try FaultTreeDiagram(again))
    #expect(abs(try a.probability() - b.probability()) < 1e-12)
    #expect(try a.minimalCutSets().sets(limit: .max) == b.minimalCutSets().sets(limit: .max))
    #expect(tree.openPSA == tree.openPSA)
  }

  @Test("ids that are no names are replaced and kept as labels")
  func hostileIDs() throws {
    let ids = ["a b", "a_b", "<&>\"", "1", "é", "", "a--b-", "gate"]
    let tree = try FaultTree(
      name: "x y", basicEvents: ids.map { .init($0) },
      gates: [.init("a:b", .or, ids.indices.map { .event($0) })], top: .gate(0))
    let text = tree.openPSA
    let (model, problems) = read(text)
    #expect(problems == [])
    #expect(
      model?.basicEvents.map(\.id) == ["a_b", "a_b_2", "____", "_1", "__", "_", "a-_b-_", "gate"])
    #expect(text.contains("<label>&lt;&amp;&gt;&quot;</label>"))
  }
}
