// What happens to queries and keys between projection and scores: smearing and rotation. Included once per instruction set.
// Rows of q and k are strided views (heads of one projection lie side by side), so each operand brings its row stride.

namespace induction::INDUCTION_ISA {

/// k'[t] = σ(α_h) k[t] + (1 − σ(α_h)) k[t−1], k'[0] = k[0]. Operands k, alpha, k'. size: T, H, E, row stride of k, row stride of k'.
/// Source: Olsson et al. 2022; docs/maths.md (5).
template <class Real>
void smear(const Step& step, const Slice<Real>& s) {
  const uint32_t length = step.size[0], heads = step.size[1], width = step.size[2], in = step.size[3], out = step.size[4];
  for (uint32_t row = 0; row < s.n * length; ++row)
    for (uint32_t h = 0; h < heads; ++h) {
      const Real keep = sigmoid(s.p[1][h]), take = Real(1) - keep;
      const Real* k = s.p[0] + static_cast<size_t>(row) * in + static_cast<size_t>(h) * width;
      Real* to = s.p[2] + static_cast<size_t>(row) * out + static_cast<size_t>(h) * width;
      const bool first = row % length == 0;
      const Real* before = first ? k : k - in;
      for (uint32_t e = 0; e < width; ++e) to[e] = first ? k[e] : keep * k[e] + take * before[e];
    }
}

/// Reverse of smear: dk[t] = σ dk'[t] + (1 − σ) dk'[t+1]; dα_h = σ(1 − σ) Σ_{t≥1} dk'[t]·(k[t] − k[t−1]).
/// Operands k, alpha, dk', dk, dalpha. size: T, H, E, row stride of k and dk, row stride of dk'.
template <class Real>
void smear_backward(const Step& step, const Slice<Real>& s) {
  const uint32_t length = step.size[0], heads = step.size[1], width = step.size[2], in = step.size[3], out = step.size[4];
  for (uint32_t h = 0; h < heads; ++h) {
    const Real keep = sigmoid(s.p[1][h]), take = Real(1) - keep;
    Real dalpha = 0;
    for (uint32_t row = 0; row < s.n * length; ++row) {
      const uint32_t t = row % length;
      const Real* k = s.p[0] + static_cast<size_t>(row) * in + static_cast<size_t>(h) * width;
      const Real* dout = s.p[2] + static_cast<size_t>(row) * out + static_cast<size_t>(h) * width;
      Real* dk = s.p[3] + static_cast<size_t>(row) * in + static_cast<size_t>(h) * width;
      const bool last = t + 1 == length;
      const Real* after = last ? dout : dout + out;
      for (uint32_t e = 0; e < width; ++e) dk[e] = (t == 0 ? dout[e] : keep * dout[e]) + (last ? Real(0) : take * after[e]);
      if (t > 0) dalpha += lane_sum<Real>(width, [&](uint32_t e) { return dout[e] * (k[e] - (k - in)[e]); });
    }
    s.p[4][h] = keep * take * dalpha;
  }
}

// One head's pairs (i, i + half) turned, as many at a time as V has lanes; V may be a plain number.
template <class V, class Real>
inline void rotate_head(const Real* x, const Real* table, uint32_t half, Real sign, Real* y) {
  for (uint32_t i = 0; i < half; i += sizeof(V) / sizeof(Real)) {
    V cosine, sine, low, high;
    std::memcpy(&cosine, table + i, sizeof(V));
    std::memcpy(&sine, table + half + i, sizeof(V));
    std::memcpy(&low, x + i, sizeof(V));
    std::memcpy(&high, x + half + i, sizeof(V));
    sine *= sign;
    const V first = low * cosine - high * sine, second = high * cosine + low * sine;
    std::memcpy(y + i, &first, sizeof(V));
    std::memcpy(y + half + i, &second, sizeof(V));
  }
}

// y = x rotated by ±tθ, pairs (i, i + E/2).
template <class Real>
inline void rotate(const Step& step, const Slice<Real>& s, Real sign) {
  const uint32_t length = step.size[0], heads = step.size[1], half = step.size[2] / 2;
  for (uint32_t row = 0; row < s.n * length; ++row) {
    const Real* table = s.p[1] + static_cast<size_t>(row % length) * 2 * half;
    for (uint32_t h = 0; h < heads; ++h) {
      const Real* x = s.p[0] + static_cast<size_t>(row) * step.size[3] + static_cast<size_t>(h) * 2 * half;
      Real* y = s.p[2] + static_cast<size_t>(row) * step.size[4] + static_cast<size_t>(h) * 2 * half;
      if (half % 4 == 0)
        rotate_head<typename VectorOf<Real, 4>::type>(x, table, half, sign, y);
      else
        rotate_head<Real>(x, table, half, sign, y);
    }
  }
}

/// Rotary positions over halves of the head. Operands x, table [T, E] (cosines, then sines), y.
/// size: T, H, E, row stride of x, row stride of y. Source: Su et al. 2021; docs/maths.md (6).
template <class Real>
void rotary(const Step& step, const Slice<Real>& s) {
  rotate<Real>(step, s, Real(1));
}

/// Reverse of rotary: the opposite rotation. Operands dy, table, dx. size as in rotary, x and y exchanged.
template <class Real>
void rotary_backward(const Step& step, const Slice<Real>& s) {
  rotate<Real>(step, s, Real(-1));
}

}  // namespace induction::INDUCTION_ISA
