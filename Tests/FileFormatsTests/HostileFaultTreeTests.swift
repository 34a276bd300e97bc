import Diagnostics
import FaultTrees
import FileFormats
import Testing

/// Fault trees that nobody means well with.
struct HostileFaultTreeTests {
  private func read(_ text: String) -> FaultTreeReading { OpenPSAFile.read([("m.xml", Array(text.utf8))]) }

  private func inTree(_ content: String) -> String {
    "<opsa-mef><define-fault-tree name='T'>\(content)</define-fault-tree></opsa-mef>"
  }

  @Test("a problem is shown with its line, a caret and what to write instead")
  func rendered() {
    let reading = read(
      """
      <opsa-mef>
        <define-fault-tree name="T">
          <define-gate name="top"><or><event name="pump-a"/><event name="pmp-b"/></or></define-gate>
        </define-fault-tree>
        <model-data>
          <define-basic-event name="pump-a"><float value="1,5"/></define-basic-event>
          <define-basic-event name="pump-b"/>
        </model-data>
      </opsa-mef>
      """)
    #expect(reading.model == nil)
    #expect(
      reading.diagnostics.map(\.description) == [
        """
        m.xml:3:68: error[unknown-name]: there is no gate or event 'pmp-b'
         3 |     <define-gate name="top"><or><event name="pump-a"/><event name="pmp-b"/></or></define-gate>
           |                                                                    ^^^^^
          help: did you mean 'pump-b'?
        """,
        """
        m.xml:6:53: error[invalid-value]: '<float>' needs a number as its 'value'
         6 |     <define-basic-event name="pump-a"><float value="1,5"/></define-basic-event>
           |                                                     ^^^
          help: write <float value="0.001"/>
        """,
      ])
  }

  @Test(
    "each kind of attack ends in one message",
    arguments: [
      ("<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;'>]><a>&d;</a>", "forbidden-xml"),
      ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "forbidden-xml"),
      ("<opsa-mef>&lol9;</opsa-mef>", "invalid-xml"),
      ("<?xml version='1.0' encoding='UTF-16'?><opsa-mef/>", "not-utf-8"),
      ("<?xml-stylesheet href='x'?><opsa-mef/>", "forbidden-xml"),
      ("<svg/>", "not-open-psa"),
      ("<opsa-mef/>", "no-gate"),
      ("", "empty-file"),
      (
        "<opsa-mef><define-gate name='g'>text<constant value='true'/></define-gate></opsa-mef>",
        "unexpected-text"
      ),
    ] as [(String, String)])
  func attack(text: String, id: String) {
    let reading = read(text)
    #expect(reading.model == nil)
    #expect(reading.diagnostics.map(\.id) == [id])
    #expect(reading.diagnostics[0].place?.line == 1)
  }

  @Test("a million tags within each other are refused at the first too deep")
  func deepTags() {
    let reading = read(String(repeating: "<or>", count: 1_000_000))
    #expect(reading.diagnostics.map(\.id) == ["too-deep"])
    #expect(reading.diagnostics[0].place?.column == 4001)
  }

  @Test("fifty thousand gates, each the input of the one before, are read")
  func deepGates() throws {
    let count = 50_000
    var text = "<opsa-mef><define-fault-tree name='T'>"
    for number in 0..<count {
      text += "<define-gate name='g\(number)'><or><basic-event name='e\(number)'/>"
      text += number + 1 < count ? "<gate name='g\(number + 1)'/></or></define-gate>" : "</or></define-gate>"
      text += "<define-basic-event name='e\(number)'/>"
    }
    let model = try #require(read(text + "</define-fault-tree></opsa-mef>").model)
    #expect(model.gates.count == count && model.topGates == [0])
    let sets = try CutSetAnalysis(of: model.faultTree(top: 0), orderLimit: 3).sets
    #expect(sets.countsByOrder == [0, count])
  }

  @Test("twenty thousand problems are told as two hundred, and no cycle is walked twice")
  func manyProblems() {
    let count = 20_000
    // Every gate leads back to the first, and names something that is not there.
    var gates = ""
    for number in 0..<count {
      gates += "<define-gate name='g\(number)'><or><gate name='g\((number + 1) % count)'/><gate name='g0'/>"
      gates += "<event name='missing\(number)'/></or></define-gate>"
    }
    let reading = read(inTree(gates))
    #expect(reading.model == nil)
    #expect(reading.diagnostics.count == 200)
    #expect(reading.diagnostics.last?.id == "more-problems")
  }

  @Test("of a model in several files only what all of them lack is missing")
  func unreadablePart() {
    let structure = inTree("<define-gate name='g'><event name='e'/></define-gate>")
    let reading = OpenPSAFile.read([("a.xml", Array(structure.utf8)), ("b.xml", Array("<opsa-mef>".utf8))])
    #expect(reading.model == nil)
    #expect(reading.diagnostics.map(\.id) == ["invalid-xml"])
  }

  @Test(
    "numbers that no machine holds are no numbers", arguments: ["1e999", "-1e999", "0x1p3", "1e", "", "٣"])
  func numbers(value: String) {
    let reading = read(
      inTree(
        "<define-gate name='g'><event name='e'/></define-gate>"
          + "<define-basic-event name='e'><float value='\(value)'/></define-basic-event>"))
    #expect(reading.diagnostics.map(\.id) == ["invalid-value"])
  }

  @Test("labels are names, and stay")
  func labels() throws {
    let model = try #require(
      read(
        inTree(
          "<define-gate name='g'><label>No water</label><event name='e'/></define-gate>"
            + "<define-basic-event name='e'><label>Pump</label></define-basic-event>")
      ).model)
    #expect(model.gates[0].name == "No water")
    #expect(model.basicEvents == [.init("e", name: "Pump")])
    let again = try #require(read(try model.faultTree(top: 0).openPSA).model)
    #expect(again.basicEvents == model.basicEvents && again.gates[0].name == "No water")
  }
}
