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

  public var description: String {
    switch self {
    case .unavailable: "Graphviz could not be started"
    case .refused(let messages): messages.isEmpty ? "Graphviz failed without a message" : messages
    case .tooLarge(let width, let height):
      "a bitmap of \(width) × \(height) pixels is too large; ask for SVG or PDF, or for fewer dots per inch"
    case .resolution(let resolution):
      "\(resolution) dots per inch are not between \(PictureFormat.resolutions.lowerBound) and "
        + "\(PictureFormat.resolutions.upperBound)"
    }
  }
}
