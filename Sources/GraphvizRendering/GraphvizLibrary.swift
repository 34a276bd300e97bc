import CGraphvizShim
import Synchronization

/// The Graphviz library, loaded when it is first needed.
@safe struct GraphvizLibrary: ~Copyable {
  /// The only way to the library.
  ///
  /// Whatever comes from it must be gone before the lock is.
  static let shared = Mutex(GraphvizLibrary())

  private var engine: OpaquePointer?

  private init() { unsafe engine = nil }

  deinit { unsafe gvz_stop(engine) }

  /// Reads a graph and lays it out.
  mutating func drawing(ofDot dot: String, engine algorithm: String) throws(GraphvizError) -> GraphvizDrawing
  {
    if unsafe engine == nil { unsafe engine = gvz_start() }
    guard let engine = unsafe engine else { throw .unavailable }
    gvz_forget_messages()
    let text = Array(dot.utf8CString)
    let handle = unsafe text.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe gvz_read(engine, $0, buffer.count - 1) }
    }
    guard let handle = unsafe handle else { throw .refused(messages: GraphvizMessages().text) }
    let drawing = unsafe GraphvizDrawing(handle)
    let isLaidOut = unsafe algorithm.withCString { unsafe gvz_lay_out(handle, $0) }
    guard isLaidOut else { throw .refused(messages: GraphvizMessages().text) }
    try GraphvizMessages().check()
    return drawing
  }
}

/// A graph with a layout; it lives within the lock of ``GraphvizLibrary/shared``.
@safe struct GraphvizDrawing: ~Copyable {
  private let handle: OpaquePointer

  init(_ handle: OpaquePointer) { unsafe self.handle = handle }

  deinit { unsafe gvz_close(handle) }

  func layout() -> GraphvizLayout {
    let (left, bottom, right, top) = bounds
    let count = unsafe gvz_node_boxes(handle, nil, 0)
    var boxes = Array(repeating: gvz_box(), count: count)
    _ = unsafe boxes.withUnsafeMutableBufferPointer { buffer in
      unsafe gvz_node_boxes(handle, buffer.baseAddress, buffer.count)
    }
    return GraphvizLayout(
      width: right - left, height: top - bottom,
      nodes: boxes.map { .init(x: $0.x - left, y: top - $0.y, width: $0.width, height: $0.height) })
  }

  func render(_ formats: [PictureFormat]) throws(GraphvizError) -> [[UInt8]] {
    var pictures: [[UInt8]] = []
    for format in formats { pictures.append(try render(format)) }
    return pictures
  }

  private func render(_ format: PictureFormat) throws(GraphvizError) -> [UInt8] {
    switch format {
    case .svg, .inlineSVG: return try render("svg:svg:core", dotsPerInch: 0)
    case .pdf: return try render("pdf:cairo", dotsPerInch: 0)
    case .png(let resolution):
      try checkBitmap(dotsPerInch: resolution)
      return try render("png:cairo", dotsPerInch: Double(resolution))
    }
  }

  private func render(_ format: String, dotsPerInch: Double) throws(GraphvizError) -> [UInt8] {
    var bytes: UnsafeMutablePointer<CChar>?
    var count = 0
    let isDrawn = unsafe format.withCString { unsafe gvz_render(handle, $0, dotsPerInch, &bytes, &count) }
    guard isDrawn, let bytes = unsafe bytes else { throw .refused(messages: GraphvizMessages().text) }
    defer { unsafe gvz_free(bytes) }
    try GraphvizMessages().check()
    return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  /// Refuses a bitmap that cairo would silently draw smaller, or that would fill the memory.
  private func checkBitmap(dotsPerInch: Int) throws(GraphvizError) {
    let longestSide = 32_000.0
    let mostPixels = 100_000_000.0
    let (left, bottom, right, top) = bounds
    let scale = Double(dotsPerInch) / 72
    let (width, height) = ((right - left) * scale, (top - bottom) * scale)
    guard max(width, height) <= longestSide, width * height <= mostPixels else {
      let limit = 1e15
      throw .tooLarge(width: Int(min(width, limit)), height: Int(min(height, limit)))
    }
  }

  private var bounds: (left: Double, bottom: Double, right: Double, top: Double) {
    var corners = [0.0, 0, 0, 0]
    unsafe corners.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe gvz_bounds(handle, base)
    }
    return (corners[0], corners[1], corners[2], corners[3])
  }
}

/// What the library said about the drawing at hand.
private struct GraphvizMessages {
  let text: String

  init() {
    let messages = unsafe gvz_messages().map { unsafe String(cString: $0) }
    let text = messages ?? "Error: no memory is left for messages\n"
    let end = text.lastIndex { $0 != "\n" }.map { text.index(after: $0) } ?? text.startIndex
    self.text = String(text[..<end])
  }

  /// Throws all messages if one of them says that the picture is not what was asked for.
  ///
  /// The library returns success even when it drops a label, so errors count however the call ended.
  func check() throws(GraphvizError) {
    for line in text.split(separator: "\n") {
      let isFault =
        line.hasPrefix("Error: ")
        || line.hasPrefix("Warning: ") && !Self.harmless.contains(where: line.contains)
      if isFault { throw .refused(messages: text) }
    }
  }

  /// Parts of warnings after which the picture still shows all that was asked for.
  private static let harmless = [
    // Text in a node or cell of fixed size runs over its border. Sizes are fixed for even columns, and
    // callers cut long texts.
    "size too small for",
    // Edges are drawn, though not around all obstacles.
    "Unable to reclaim box space in spline routing",
    "some nodes with margin",
    // A font is not installed: text has the width of another.
    "no hard-coded metrics for",
  ]
}
