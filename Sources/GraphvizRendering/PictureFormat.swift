/// What kind of file a picture is.
public enum PictureFormat: Sendable, Hashable {
  /// A vector picture that stands alone as a file, with a size and with tooltips of its own.
  case svg

  /// A vector picture to be put into a page of HTML.
  ///
  /// It has no size but its `viewBox`, and tooltips are left to the page: the text is in `data-tooltip`.
  /// Every id starts with `idPrefix`, so that several pictures can share a page. Of the prefix only ASCII
  /// letters, digits, `-` and `_` are kept.
  case inlineSVG(idPrefix: String)

  /// A bitmap.
  case png(dotsPerInch: Int = 96)

  case pdf

  /// The dots per inch that a bitmap may have.
  public static let resolutions = 24...1200
}

/// How Graphviz places the nodes.
///
/// Left out are `fdp` and `sfdp`, whose layouts differ from one call to the next in the same process.
public enum GraphvizEngine: String, Sendable, Hashable, CaseIterable {
  /// In ranks, along the direction of the edges; grows about with the third power of the number of nodes.
  case dot
  /// By springs, with all distances; for small graphs.
  case neato
  /// On circles.
  case circo
  /// On circles around a centre.
  case twopi
}
