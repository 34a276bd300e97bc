import Foundation
import Testing

/// Holds the pictures of the READMEs to what the command draws today.
///
/// Where a box stands depends on the fonts of the machine that drew it. So all that the layout sets is left out of the
/// comparison: what is said, in which order, in which class and colour must be the same.
struct GalleryTests {
  struct Picture: Sendable, CustomTestStringConvertible {
    var file: String
    var arguments: [String]

    var testDescription: String { file }
  }

  /// The lines of Graphs/gallery.txt.
  static let pictures: [Picture] = {
    let list = BuiltCommand.packageRoot.appending(path: "Graphs/gallery.txt")
    let text = (try? String(contentsOf: list, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let words = line.split(separator: " ").map { String($0) }
      return Picture(file: words[0], arguments: Array(words.dropFirst()))
    }
  }()

  /// The picture without coordinates and sizes.
  private static func content(_ svg: String) -> [Substring] {
    svg.replacing(#/ (?:points|d|x|y|width|height|viewBox|transform|textLength)="[^"]*"/#, with: "")
      .split(separator: "\n")
  }

  @Test("every picture of the gallery is what its command draws", arguments: pictures)
  func current(picture: Picture) throws {
    let folder = try BuiltCommand.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "x.svg")
    let result = try BuiltCommand.run(["draw"] + picture.arguments + ["-o", file.path])
    #expect(result.status == 0, "\(result.errors)")
    let drawn = Self.content(try String(contentsOf: file, encoding: .utf8))
    let kept = Self.content(
      try String(contentsOf: BuiltCommand.packageRoot.appending(path: picture.file), encoding: .utf8))
    let difference = zip(drawn, kept).first { $0 != $1 }
    #expect(
      drawn.count == kept.count && difference == nil, "run make gallery: \(String(describing: difference))")
  }

  @Test("every picture of the gallery is shown by a README, and no other picture lies beside them")
  func shown() throws {
    #expect(Self.pictures.count >= 6)
    let pages = try ReadmeTests.pages.map { page in
      let folder = page.split(separator: "/").dropLast().joined(separator: "/")
      return (folder, try ReadmeTests.text(page))
    }
    for picture in Self.pictures {
      let isShown = pages.contains { folder, text in
        text.matches(of: /!\[[^\]]*\]\(([^)]*)\)/).contains { found in
          (folder.isEmpty ? "" : folder + "/") + String(found.1) == picture.file
        }
      }
      #expect(isShown, "\(picture.file)")
    }
    for network in DrawTests.names {
      let folder = BuiltCommand.packageRoot.appending(path: "Graphs/\(network)")
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      for file in files where [".svg", ".png", ".pdf"].contains(where: { file.hasSuffix($0) }) {
        #expect(Self.pictures.contains { $0.file == "Graphs/\(network)/\(file)" }, "\(network)/\(file)")
      }
    }
  }
}
