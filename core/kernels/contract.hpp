// Einstein sums of two operands: the only linear operation. Included once per instruction set.

namespace induction::INDUCTION_ISA {

struct LoopAxis {
  uint32_t size, a, b, c;
};

/// Axes of one contraction sorted by role: shared (in a, b, c), rows (a, c), columns (b, c), summed (a, b).
struct Roles {
  LoopAxis shared[kAxes], rows[kAxes], columns[kAxes], summed[kAxes];
  uint32_t n_shared = 0, n_rows = 0, n_columns = 0, n_summed = 0;
};

// Appends an axis, fusing it with the one before when both walk memory as one longer axis.
inline void push_axis(LoopAxis* list, uint32_t& n, const LoopAxis& axis) {
  if (axis.size == 1) return;
  if (n > 0) {
    LoopAxis& last = list[n - 1];
    if (last.a == axis.a * axis.size && last.b == axis.b * axis.size && last.c == axis.c * axis.size) {
      last = {last.size * axis.size, axis.a, axis.b, axis.c};
      return;
    }
  }
  list[n++] = axis;
}

inline Roles sort_axes(const Step& step, uint32_t sequences) {
  Roles roles;
  for (int i = 0; i < kAxes; ++i) {
    const LoopAxis axis = {i == 0 ? sequences : step.size[i], step.stride[0][i], step.stride[1][i], step.stride[2][i]};
    if (axis.size == 0) continue;
    if (axis.a && axis.b && axis.c)
      push_axis(roles.shared, roles.n_shared, axis);
    else if (axis.a && axis.c)
      push_axis(roles.rows, roles.n_rows, axis);
    else if (axis.b && axis.c)
      push_axis(roles.columns, roles.n_columns, axis);
    else
      push_axis(roles.summed, roles.n_summed, axis);
  }
  return roles;
}

/// c[…] = (d[…] or c[…] or nothing) + Σ a[…] b[…]; the sum runs over the axes c lacks, in ascending order.
/// Operands a, b, c, d (d only when offset[3] is set through kAccumulate on c, or value[0] = 1). size, stride: per axis;
/// axis 0 is the batch. The recorder sees to it that the columns' last axis is contiguous in c and the summed axes fuse to one.
template <class Real>
void contract(const Step& step, const Slice<Real>& s) {
  const Roles roles = sort_axes(step, s.n);
  const LoopAxis one = {1, 0, 0, 1};
  const LoopAxis columns = roles.n_columns ? roles.columns[roles.n_columns - 1] : one;
  const LoopAxis rows = roles.n_rows ? roles.rows[roles.n_rows - 1] : LoopAxis{1, 0, 0, 0};
  const LoopAxis summed = roles.n_summed ? roles.summed[0] : LoopAxis{1, 0, 0, 0};
  // Everything but the innermost rows, columns and sum is an outer loop.
  LoopAxis outer[3 * kAxes];
  uint32_t n_outer = 0, total = 1;
  for (uint32_t i = 0; i < roles.n_shared; ++i) outer[n_outer++] = roles.shared[i];
  for (uint32_t i = 0; i + 1 < roles.n_columns; ++i) outer[n_outer++] = roles.columns[i];
  for (uint32_t i = 0; i + 1 < roles.n_rows; ++i) outer[n_outer++] = roles.rows[i];
  for (uint32_t i = 0; i < n_outer; ++i) total *= outer[i].size;

  const Real* d = step.value[0] != 0.0f ? s.p[3] : (step.flags & kAccumulate ? s.p[2] : nullptr);
  for (uint32_t turn = 0; turn < total; ++turn) {
    size_t at_a = 0, at_b = 0, at_c = 0;
    for (uint32_t i = n_outer, rest = turn; i-- > 0; rest /= outer[i].size) {
      const size_t index = rest % outer[i].size;
      at_a += index * outer[i].a, at_b += index * outer[i].b, at_c += index * outer[i].c;
    }
    multiply<Real>({rows.size, columns.size, summed.size, s.p[0] + at_a, rows.a, summed.a, s.p[1] + at_b, summed.b, s.p[2] + at_c, rows.c,
                    d ? d + at_c : nullptr, rows.c, s.scratch, columns.b});
  }
}

/// out = a + b. Operands a, b, out. size[0]: floats per sequence.
template <class Real>
void add(const Step& step, const Slice<Real>& s) {
  const size_t n = static_cast<size_t>(s.n) * step.size[0];
  for (size_t i = 0; i < n; ++i) s.p[2][i] = s.p[0][i] + s.p[1][i];
}

/// out = a, or out += a with kAccumulate: the reverse of `add` for each of its terms. Operands a, out. size[0]: floats per sequence.
template <class Real>
void accumulate(const Step& step, const Slice<Real>& s) {
  const size_t n = static_cast<size_t>(s.n) * step.size[0];
  for (size_t i = 0; i < n; ++i) s.p[1][i] = step.flags & kAccumulate ? s.p[1][i] + s.p[0][i] : s.p[0][i];
}

}  // namespace induction::INDUCTION_ISA
