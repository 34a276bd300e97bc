/// An element of a file with all that it holds, in one list without recursion.
struct OpenPSADocument {
  struct Node {
    var element: XMLReader.Element
    var children: [Int] = []
    var text: (value: String, place: OpenPSAPlace)?
  }

  /// The root first, and each element before its children.
  private(set) var nodes: [Node] = []

  init(_ source: OpenPSASource) throws(OpenPSAProblem) {
    var reader = try XMLReader(source.bytes, file: source.name)
    var open: [Int] = []
    while let event = try reader.next() {
      switch event {
      case .start(let element):
        if let parent = open.last { nodes[parent].children.append(nodes.count) }
        open.append(nodes.count)
        nodes.append(Node(element: element))
      case .end: open.removeLast()
      case .text(let value, let place): if let parent = open.last { nodes[parent].text = (value, place) }
      }
    }
  }
}
