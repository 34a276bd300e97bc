/// An expression as a flat array of nodes; children stand before their parents.
struct SyntaxTree: Sendable {
  typealias ID = Int

  struct Node: Sendable {
    var kind: Kind
    var offset: Int
    var length: Int
    /// Nodes on the longest way down, this one included.
    var depth: Int
    /// Comprehensions on the way down that has most of them.
    var nesting: Int
  }

  indirect enum Kind: Sendable {
    case literal(CELValue)
    case name(String, isRooted: Bool)
    case select(ID, field: String, isOptional: Bool)
    case has(ID, field: String, isOptional: Bool)
    case call(String, target: ID?, [ID])
    /// `&&` or `||` over two or more operands.
    case and([ID])
    case or([ID])
    case conditional(ID, ID, ID)
    case list([(value: ID, isOptional: Bool)])
    case map([(key: ID, value: ID, isOptional: Bool)])
    case structure(String, [Field])
    case comprehension(Comprehension)
    /// A part that could not be read; it has been reported.
    case invalid
  }

  /// An attribute that a struct literal gives.
  struct Field: Sendable {
    var name: String
    var value: ID
    var isOptional: Bool
    var offset: Int
    var length: Int
  }

  /// What a macro with variables of its own stands for.
  struct Comprehension: Sendable {
    enum Kind: Sendable {
      case all, exists, existsOne, map, filter, transformList, transformMap, transformMapEntry
      case sortBy, bind, optionalMap, optionalFlatMap
    }

    var kind: Kind
    /// The list or map, the value bound, or the optional.
    var range: ID
    /// One or two names.
    var variables: [String]
    var condition: ID?
    var body: ID
  }

  private(set) var nodes: [Node] = []
  var root: ID = 0

  subscript(id: ID) -> Node { nodes[id] }

  mutating func add(_ kind: Kind, offset: Int, length: Int) -> ID {
    var depth = 0
    var nesting = 0
    for child in Self.children(kind) {
      depth = max(depth, nodes[child].depth)
      nesting = max(nesting, nodes[child].nesting)
    }
    if case .comprehension = kind { nesting += 1 }
    nodes.append(Node(kind: kind, offset: offset, length: length, depth: depth + 1, nesting: nesting))
    return nodes.count - 1
  }

  static func children(_ kind: Kind) -> [ID] {
    switch kind {
    case .literal, .name, .invalid: []
    case .select(let operand, _, _), .has(let operand, _, _): [operand]
    case .call(_, let target, let arguments): (target.map { [$0] } ?? []) + arguments
    case .and(let operands), .or(let operands): operands
    case .conditional(let a, let b, let c): [a, b, c]
    case .list(let elements): elements.map(\.value)
    case .map(let entries): entries.flatMap { [$0.key, $0.value] }
    case .structure(_, let fields): fields.map(\.value)
    case .comprehension(let it): [it.range, it.body] + (it.condition.map { [$0] } ?? [])
    }
  }

  /// The dotted name that a node spells, if it is nothing but names.
  func dottedName(_ id: ID) -> (parts: [String], isRooted: Bool)? {
    var parts: [String] = []
    var id = id
    while true {
      switch nodes[id].kind {
      case .name(let name, let isRooted):
        parts.append(name)
        return (parts.reversed(), isRooted)
      case .select(let operand, let field, isOptional: false):
        parts.append(field)
        id = operand
      default: return nil
      }
    }
  }
}
