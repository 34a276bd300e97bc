/// Why there is no picture.
public enum GraphvizError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The library could not be started.
  case unavailable

  /// The library refused the graph, or drew it otherwise than asked; its messages, one a line.
  case refused(messages: String)

  /// A bitmap would have more pixels than can be drawn.
  case tooLarge(width: Int, height: Int)

  /// Dots per inch outside ``PictureFormat/resolutions``.
  case resolution(Int)

  /// The first lines, since the library can say the same of each of a thousand nodes.
  private static func start(of messages: String) -> String {
    let lines = messages.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.count <= 6
      ? messages : lines.prefix(6).joined(separator: "\n") + "\n… and \(lines.count - 6) more lines"
  }

  public var description: String {
    switch self {
    case .unavailable: "Graphviz could not be started"
    case .refused(let messages):
      messages.isEmpty ? "Graphviz failed without a message" : Self.start(of: messages)
    case .tooLarge(let width, let height):
      "a bitmap of \(width) × \(height) pixels is too large; ask for SVG or PDF, or for fewer dots per inch"
    case .resolution(let resolution):
      "\(resolution) dots per inch are not between \(PictureFormat.resolutions.lowerBound) and "
        + "\(PictureFormat.resolutions.upperBound)"
    }
  }
}
