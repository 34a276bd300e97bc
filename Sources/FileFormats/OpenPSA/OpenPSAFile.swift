public import Diagnostics
public import FaultTrees

/// What reading a fault tree gave: the model, unless something is wrong with it, and all that is wrong.
public struct FaultTreeReading: Sendable {
  /// Nil if there is any error.
  public let model: FaultTreeModel?

  /// Sorted by place; at most 200, the last of which then says how many more there are.
  ///
  /// Warnings say which probabilities stay unknown and what is passed over.
  public let diagnostics: [Diagnostic]
}

/// Fault trees in the Open-PSA Model Exchange Format, whose structure and events may stand in several files.
///
/// Read are fault trees, components (public and private), gates, basic events, house events, parameters,
/// constants, arithmetic (`add`, `sub`, `mul`, `div`, `neg`) and the means of deviates. What depends on time, such as
/// `exponential`, is not computed: the probability stays unknown and a warning says so. Event trees are passed
/// over with a warning. Common-cause groups and substitutions change the answer, so they are errors.
///
/// - Source: S. Epstein, A. Rauzy, "Open-PSA Model Exchange Format", version 2.0d, and the grammar that SCRAM
///   0.16 ships.
public enum OpenPSAFile {
  /// The most bytes that a file has.
  public static let sizeLimit = XMLDocument.largestFile

  /// Reads files that together hold one model, and tells everything that is wrong with it.
  ///
  /// Of a file that is not well-formed only the first problem is told. Hostile text ends in a problem: depth,
  /// sizes and counts are bounded, and no entity expands.
  ///
  /// - Parameter files: the name that problems are reported under, and the bytes.
  /// - Returns: the model, and what is wrong.
  /// - Complexity: O(bytes); no recursion.
  public static func read(_ files: [(name: String, bytes: [UInt8])]) -> FaultTreeReading {
    var problems = Problems()
    var document = XMLDocument()
    var roots: [Int] = []
    for file in files {
      let number = problems.add(SourceFile(name: file.name, bytes: file.bytes, limit: sizeLimit))
      guard problems.checkText(file.bytes, in: number, limit: sizeLimit) else { continue }
      if let root = document.read(file.bytes, file: number, &problems) { roots.append(root) }
    }
    // What an unreadable file would have defined must not be reported as missing.
    var reader = OpenPSAReader(document, problems, isComplete: roots.count == files.count)
    let model = reader.model(roots)
    return FaultTreeReading(model: model, diagnostics: reader.problems.diagnostics())
  }
}
