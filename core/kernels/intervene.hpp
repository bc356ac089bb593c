// What interventions do to a head's pattern or output. Included once per instruction set.

namespace induction::INDUCTION_ISA {

/// Part of each row: target[i, j] = factor·source[i, j − first] for first ≤ j < first + width, 0 for the other j < columns; kAccumulate
/// adds instead. A factor of 0 reads no source. Operands source, target, moved to the part that is meant. size: rows, columns, first,
/// width, row stride of source, row stride of target. value[0]: factor. Source: docs/maths.md (90), (93).
template <class Real>
void put(const Step& step, const Slice<Real>& s) {
  const uint32_t rows = step.size[0], columns = step.size[1], first = step.size[2], width = step.size[3];
  const Real factor = Real(step.value[0]);
  for (uint32_t b = 0; b < s.n; ++b)
    for (uint32_t i = 0; i < rows; ++i) {
      const Real* from = s.p[0] + static_cast<size_t>(b) * step.batch_stride[0] + static_cast<size_t>(i) * step.size[4];
      Real* to = s.p[1] + static_cast<size_t>(b) * step.batch_stride[1] + static_cast<size_t>(i) * step.size[5];
      for (uint32_t j = 0; j < columns; ++j) {
        const bool inside = j - first < width && factor != Real(0);  // below `first` the difference wraps around
        const Real x = inside ? factor * from[j - first] : Real(0);
        to[j] = step.flags & kAccumulate ? to[j] + x : x;
      }
    }
}

/// One head's pattern: key s gets 1/n where token s − 1 is the query's, n of them with 1 ≤ s ≤ q; where there is none, every key up to q
/// gets 1/(q + 1). Operands tokens [b, T], pattern (moved to the head). size: T. Source: docs/maths.md (91).
template <class Real>
void match_pattern(const Step& step, const Slice<Real>& s) {
  const uint32_t length = step.size[0];
  for (uint32_t b = 0; b < s.n; ++b) {
    const Real* tokens = s.p[0] + static_cast<size_t>(b) * step.batch_stride[0];
    Real* pattern = s.p[1] + static_cast<size_t>(b) * step.batch_stride[1];
    for (uint32_t q = 0; q < length; ++q) {
      uint32_t matches = 0;
      for (uint32_t k = 1; k <= q; ++k) matches += tokens[k - 1] == tokens[q];
      const Real share = Real(1) / static_cast<Real>(matches ? matches : q + 1);
      for (uint32_t k = 0; k < length; ++k) {
        const bool chosen = k <= q && (!matches || (k > 0 && tokens[k - 1] == tokens[q]));
        pattern[static_cast<size_t>(q) * length + k] = chosen ? share : Real(0);
      }
    }
  }
}

/// What one head attends to, as logits: logits[b, q, x_k] += factor·pattern[b, head, q, k], k ascending. Operands tokens [b, T], pattern
/// [b, H, T, T], logits [b, T, V]. size: T, V, H, head. value[0]: factor. A token beyond V has no logit. Source: docs/maths.md (99).
template <class Real>
void copy_tokens(const Step& step, const Slice<Real>& s) {
  const size_t length = step.size[0], logits_count = step.size[1];
  const Real factor = Real(step.value[0]);
  for (uint32_t b = 0; b < s.n; ++b) {
    const Real* tokens = s.p[0] + static_cast<size_t>(b) * step.batch_stride[0];
    const Real* pattern = s.p[1] + static_cast<size_t>(b) * step.batch_stride[1] + step.size[3] * length * length;
    Real* logits = s.p[2] + static_cast<size_t>(b) * step.batch_stride[2];
    for (size_t q = 0; q < length; ++q)
      for (size_t k = 0; k < length; ++k) {
        const auto token = static_cast<size_t>(tokens[k]);
        if (token < logits_count) logits[q * logits_count + token] += factor * pattern[q * length + k];
      }
  }
}

/// Reverse of copy_tokens: dpattern[b, head, q, k] = factor·dlogits[b, q, x_k], and 0 for the other heads; kAccumulate adds instead.
/// Operands tokens, dlogits, dpattern; sizes as there.
template <class Real>
void copy_tokens_backward(const Step& step, const Slice<Real>& s) {
  const size_t length = step.size[0], logits_count = step.size[1];
  const Real factor = Real(step.value[0]);
  for (uint32_t b = 0; b < s.n; ++b) {
    const Real* tokens = s.p[0] + static_cast<size_t>(b) * step.batch_stride[0];
    const Real* d_logits = s.p[1] + static_cast<size_t>(b) * step.batch_stride[1];
    Real* to = s.p[2] + static_cast<size_t>(b) * step.batch_stride[2];
    if (!(step.flags & kAccumulate)) std::memset(to, 0, sizeof(Real) * step.size[2] * length * length);
    to += step.size[3] * length * length;
    for (size_t q = 0; q < length; ++q)
      for (size_t k = 0; k < length; ++k) {
        const auto token = static_cast<size_t>(tokens[k]);
        if (token < logits_count) to[q * length + k] += factor * d_logits[q * logits_count + token];
      }
  }
}

/// The row (t · parts + i) of x that is patched in a sequence, or `none`: where `patched` (place, position) is not about x.
template <class Real>
size_t patched_row(const Step& step, const Real* patched, size_t none) {
  const Real i = patched[0] - Real(step.size[3]), t = patched[1];
  const bool here = i >= 0 && i < Real(step.size[1]) && t >= 0 && t < Real(step.size[0]);
  return here ? static_cast<size_t>(t) * step.size[1] + static_cast<size_t>(i) : none;
}

/// Activation patching: the first row of a chunk is the clean one, c. x[b, t, i, e] = x[c, t, i, e] where patched[b] is the place
/// first + i and the position t; all else stays, and the clean row in any case. Operands patched [b, 2] (place, −1: none; position), x
/// [b, T, parts, width]. size: T, parts, width, first. Copies, so bits are kept. Source: docs/maths.md (39).
template <class Real>
void patch_rows(const Step& step, const Slice<Real>& s) {
  const size_t width = step.size[2], none = static_cast<size_t>(step.size[0]) * step.size[1];
  for (uint32_t b = 1; b < s.n; ++b) {
    const size_t row = patched_row(step, s.p[0] + static_cast<size_t>(b) * step.batch_stride[0], none);
    const Real* clean = s.p[1] + row * width;
    if (row != none) std::memcpy(s.p[1] + static_cast<size_t>(b) * step.batch_stride[1] + row * width, clean, sizeof(Real) * width);
  }
}

/// Reverse of patch_rows: where row b was patched, dx[c] += dx[b] and dx[b] = 0, rows in ascending order. Operands patched, dx; sizes as
/// there.
template <class Real>
void patch_rows_backward(const Step& step, const Slice<Real>& s) {
  const size_t width = step.size[2], none = static_cast<size_t>(step.size[0]) * step.size[1];
  for (uint32_t b = 1; b < s.n; ++b) {
    const size_t row = patched_row(step, s.p[0] + static_cast<size_t>(b) * step.batch_stride[0], none);
    if (row == none) continue;
    Real* clean = s.p[1] + row * width;
    Real* own = clean + static_cast<size_t>(b) * step.batch_stride[1];
    for (size_t e = 0; e < width; ++e) clean[e] += own[e], own[e] = 0;
  }
}

}  // namespace induction::INDUCTION_ISA
