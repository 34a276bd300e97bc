/// Fields of values and elements of lists and maps.
enum Selection {
  static func read(_ read: (Int) -> CELValue, _ object: CELObject, _ field: String) -> CELValue {
    let value = read(object.row)
    if case .unknown(let unknown) = value, unknown.attributes.isEmpty {
      return .unknown(CELUnknown(["\(object.type)[\(object.row)].\(field)"]))
    }
    return value
  }

  /// The field of a value, nil if a map has no such key.
  private static func field(
    _ field: String, of value: CELValue, _ environment: CELEnvironment
  ) throws(CELFailure) -> CELValue? {
    switch value {
    case .map(let map): return map[.string(field)]
    case .object(let object):
      guard let attribute = environment.structure(object.type)?.attribute(field) else {
        throw CELFailure(.noSuchKey, "'\(object.type)' has no attribute '\(field)'")
      }
      return read(attribute.read, object, field)
    case .record(let record):
      if let value = record[field] { return value }
      guard environment.structure(record.type)?.attribute(field) != nil else {
        throw CELFailure(.noSuchKey, "'\(record.type)' has no attribute '\(field)'")
      }
      return .unknown(CELUnknown(["\(record.type){}.\(field)"]))
    case .unknown: return value
    default:
      throw CELFailure(
        .noOverload, "a \(value.type) has no fields, so not '\(field)': only maps and structs have")
    }
  }

  static func select(
    _ name: String, of value: CELValue, isOptional: Bool, _ environment: CELEnvironment
  ) throws(CELFailure) -> CELValue {
    if case .optional(let wrapped) = value {
      guard let wrapped else { return value }
      return optional(try field(name, of: wrapped, environment))
    }
    if isOptional { return optional(try field(name, of: value, environment)) }
    guard let found = try field(name, of: value, environment) else {
      throw CELFailure(.noSuchKey, .key(.string(name)))
    }
    return found
  }

  /// An optional of what was found; whether there is one cannot be told of what is not known.
  private static func optional(_ value: CELValue?) -> CELValue {
    if let value, case .unknown = value { return value }
    return .optional(value)
  }

  static func has(
    _ name: String, of value: CELValue, isOptional: Bool, _ environment: CELEnvironment
  ) throws(CELFailure) -> CELValue {
    switch value {
    case .unknown: return value
    case .optional(let wrapped):
      guard let wrapped else { return .bool(false) }
      return try has(name, of: wrapped, isOptional: isOptional, environment)
    case .object, .record:
      // A missing attribute is there but not known: only a declared one may be asked for.
      if case .unknown? = try field(name, of: value, environment) { return .bool(false) }
      return .bool(true)
    default: return .bool(try field(name, of: value, environment) != nil)
    }
  }

  /// The element of a list or map, or nil if there is none.
  private static func element(_ index: CELValue, of value: CELValue) throws(CELFailure) -> CELValue?? {
    switch value {
    case .list(let list):
      let position: Int?
      switch index {
      case .int(let value): position = Int(exactly: value)
      case .uint(let value): position = Int(exactly: value) ?? -1
      case .double(let value): position = Int(exactly: value)
      default: return nil
      }
      guard let position else { return nil }
      return .some(list.indices.contains(position) ? list[position] : nil)
    case .map(let map):
      switch index {
      case .bool, .int, .uint, .double, .string: return .some(map[index])
      default: return nil
      }
    default: return nil
    }
  }

  static func index(_ value: CELValue, _ index: CELValue, isOptional: Bool) throws(CELFailure) -> CELValue? {
    if case .optional(let wrapped) = value {
      guard let wrapped else { return value }
      return try element(index, of: wrapped).map { optional($0) }
    }
    guard let found = try element(index, of: value) else { return nil }
    if isOptional { return optional(found) }
    if let found { return found }
    if case .list(let list) = value {
      throw CELFailure(.index, .index(index, count: list.count))
    }
    throw CELFailure(.noSuchKey, .key(index))
  }
}
