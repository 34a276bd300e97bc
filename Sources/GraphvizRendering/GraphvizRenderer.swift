public import Reports
import Synchronization

/// Draws graphs in this process with the Graphviz library.
///
/// The library keeps its state in globals, so callers take turns, process-wide. A layout cannot be cancelled;
/// dot takes about 0.1 s for 300 nodes and 1 s for 1,000.
public enum GraphvizRenderer {
  /// Returns pictures of one layout of `graph`, in the order of `formats`.
  ///
  /// The same graph gives the same bytes as long as library and fonts stay the same. PDF files carry the
  /// date 2000-01-01. An empty graph gives an empty picture, no formats give no pictures.
  ///
  /// - Throws: Also when the library only warns, unless the warning is harmless: a picture that differs from
  ///   the graph must not pass for it.
  public static func render(
    _ graph: GraphvizGraph, engine: GraphvizEngine = .dot, formats: [PictureFormat]
  ) throws(GraphvizError) -> [(format: PictureFormat, bytes: [UInt8])] {
    let names = SVGTreatment.Names(
      title: graph.title, summary: graph.summary, rootClass: graph.rootClass)
    return try pictures(ofDot: dotText(of: graph), names: names, engine: engine.rawValue, formats: formats)
  }

  /// Returns where the nodes of `graph` come to lie, drawing nothing.
  ///
  /// - Throws: As ``render(_:engine:formats:)`` does.
  public static func layout(
    _ graph: GraphvizGraph, engine: GraphvizEngine = .dot
  ) throws(GraphvizError) -> GraphvizLayout {
    let dot = dotText(of: graph)
    return try GraphvizLibrary.shared.withLock { library throws(GraphvizError) in
      try library.drawing(ofDot: dot, engine: engine.rawValue).layout()
    }
  }

  /// The part of rendering that starts from text, apart so that tests can feed it what no graph writes.
  package static func pictures(
    ofDot dot: String, names: SVGTreatment.Names = .init(title: "", summary: ""), engine: String,
    formats: [PictureFormat]
  ) throws(GraphvizError) -> [(format: PictureFormat, bytes: [UInt8])] {
    for case .png(let resolution) in formats where !PictureFormat.resolutions.contains(resolution) {
      throw .resolution(resolution)
    }
    let raw = try GraphvizLibrary.shared.withLock { library throws(GraphvizError) in
      try library.drawing(ofDot: dot, engine: engine).render(formats)
    }
    return zip(formats, raw).map { format, bytes in
      switch format {
      case .svg: (format, SVGTreatment(names: names, host: .file).apply(to: bytes))
      case .inlineSVG(let prefix):
        (format, SVGTreatment(names: names, host: .page(idPrefix: prefix)).apply(to: bytes))
      case .png: (format, bytes)
      case .pdf: (format, withFixedDate(pdf: bytes))
      }
    }
  }
}
