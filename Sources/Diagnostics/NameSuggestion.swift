/// The candidate that was probably meant by a misspelt `name`, or nil if none is close.
///
/// Close means at most a third of the name's length in edits (insert, delete, replace, swap of two
/// neighbours), at least one. Among equally close candidates the first wins. Names and candidates longer than
/// 64 scalars are not compared.
///
/// - Complexity: O(candidates × length²), with at most 10,000 candidates looked at.
/// - Source: the restricted edit distance of F. Damerau, Comm. ACM 7(3), 1964.
public func suggestion(for name: String, from candidates: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased().unicodeScalars)
  guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
  var limit = max(1, wanted.count / 3)
  var best: String?
  for candidate in candidates.prefix(10_000) {
    let scalars = Array(candidate.lowercased().unicodeScalars)
    guard scalars.count <= 64, abs(scalars.count - wanted.count) <= limit else { continue }
    let distance = editDistance(wanted, scalars)
    if distance < limit || (distance == limit && best == nil) {
      best = candidate
      limit = distance
    }
  }
  return best
}

private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforeLast[j - 1] + 1) }
      row.append(best)
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
