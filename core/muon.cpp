// Muon's update as Steps: five Newton–Schulz iterations of contractions, for every matrix of every given parameter. docs/maths.md
// (66)–(68).

#include <algorithm>
#include <cassert>
#include <cmath>

#include "recorder.hpp"

namespace induction {
namespace {

constexpr int kIterations = 5;
constexpr float kPolynomial[] = {3.4445f, -4.7750f, 2.0315f};  // Jordan 2024: singular values from 0 to 1 all go near 1

// One axis of a product c = a b: its size, and the floats that a step along it moves each operand by.
struct Axis {
  uint32_t size, a, b, c;
};

// The batch is no axis of an update; then matrix, row, column, term.
Step product(uint32_t a, uint32_t b, uint32_t c, std::initializer_list<Axis> axes) {
  Step made;
  made.kernel = Kernel::contract;
  made.offset[0] = a, made.offset[1] = b, made.offset[2] = c;
  made.size[0] = 1;
  int i = 1;
  for (const Axis& axis : axes) {
    made.size[i] = axis.size;
    made.stride[0][i] = axis.a, made.stride[1][i] = axis.b, made.stride[2][i] = axis.c;
    ++i;
  }
  return made;
}

}  // namespace

// The matrices of one parameter, and where they are worked on: x and next have them one after the other.
struct Recorder::Matrices {
  uint32_t p, count, rows, columns, stride, row_stride;
  uint32_t x, next, gram, square;
  uint32_t small() const { return std::min(rows, columns); }

  Step direction(const Program& program, uint32_t statistics) const {
    Step made = flat(Kernel::muon_direction, statistics);
    const uint32_t at = p - program.parameter_region.offset;
    made.offset[0] = program.gradient_region.offset + at, made.offset[1] = program.moment1_region.offset + at, made.offset[2] = x;
    return made;
  }
  // The smaller of xᵀx and x xᵀ.
  Step gram_of_x() const {
    const uint32_t n = small(), all = rows * columns;
    if (rows >= columns) return product(x, x, gram, {{count, all, all, n * n}, {n, 1, 0, n}, {n, 0, 1, 1}, {rows, columns, columns, 0}});
    return product(x, x, gram, {{count, all, all, n * n}, {n, columns, 0, n}, {n, 0, columns, 1}, {columns, 1, 1, 0}});
  }
  Step square_of_gram() const {
    const uint32_t n = small();
    return product(gram, gram, square, {{count, n * n, n * n, n * n}, {n, n, 0, n}, {n, 0, 1, 1}, {n, 1, n, 0}});
  }
  Step polynomial() const {
    Step made;
    made.kernel = Kernel::muon_polynomial;
    made.offset[0] = gram, made.offset[1] = square;
    made.size[0] = count * small() * small(), made.size[1] = small();
    std::copy(std::begin(kPolynomial), std::end(kPolynomial), made.value);
    return made;
  }
  // x times the polynomial, on the side where it fits.
  Step next_x() const {
    const uint32_t n = small(), all = rows * columns;
    if (rows >= columns)
      return product(x, square, next, {{count, all, n * n, all}, {rows, columns, 0, columns}, {n, 0, 1, 1}, {n, 1, n, 0}});
    return product(square, x, next, {{count, n * n, all, all}, {n, n, 0, columns}, {columns, 0, 1, 1}, {n, 1, columns, 0}});
  }
  Step update(uint32_t statistics) const {
    Step made = flat(Kernel::muon_update, statistics);
    made.offset[0] = p, made.offset[1] = x;
    made.value[0] = 0.2f * std::sqrt(static_cast<float>(std::max(rows, columns)));
    return made;
  }
  Step flat(Kernel kernel, uint32_t statistics) const {
    Step made;
    made.kernel = kernel;
    made.offset[4] = statistics;
    made.size[0] = count, made.size[1] = rows, made.size[2] = columns;
    made.stride[0][0] = stride, made.stride[0][1] = row_stride;
    return made;
  }
};

// A parameter [rows, columns], or one such matrix per head [n_heads, rows, columns].
Recorder::Matrices Recorder::matrices_of(TensorId id) {
  const Tensor tensor = (*this)[id];
  const size_t axes = tensor.shape.size();
  assert((axes == 2 || axes == 3) && tensor.stride.back() == 1);
  Matrices m{};
  m.p = tensor.offset, m.count = axes == 3 ? tensor.shape[0] : 1;
  m.rows = tensor.shape[axes - 2], m.columns = tensor.shape[axes - 1];
  m.stride = axes == 3 ? tensor.stride[0] : 0, m.row_stride = tensor.stride[axes - 2];
  const uint32_t n = m.small();
  for (uint32_t* place_of : {&m.x, &m.next}) *place_of = (*this)[place("", "", {m.count, m.rows, m.columns})].offset;
  for (uint32_t* place_of : {&m.gram, &m.square}) *place_of = (*this)[place("", "", {m.count, n, n})].offset;
  need_scratch(m.rows * m.columns);
  return m;
}

void Recorder::record_muon(const std::vector<TensorId>& parameters) {
  std::vector<Matrices> list;
  for (const TensorId id : parameters) list.push_back(matrices_of(id));
  const auto each = [&](const std::function<Step(const Matrices&)>& made) {
    const size_t first = program_.update.size();
    for (const Matrices& matrices : list) program_.update.push_back(made(matrices));
    mark_together(program_.update, first);
  };
  const uint32_t statistics = (*this)[program_.statistics].offset;
  each([&](const Matrices& m) { return m.direction(program_, statistics); });
  for (int i = 0; i < kIterations; ++i) {
    each([](const Matrices& m) { return m.gram_of_x(); });
    each([](const Matrices& m) { return m.square_of_gram(); });
    each([](const Matrices& m) { return m.polynomial(); });
    each([](const Matrices& m) { return m.next_x(); });
    for (Matrices& m : list) std::swap(m.x, m.next);
  }
  each([&](const Matrices& m) { return m.update(statistics); });
}

// Places of the parameters that are not in `without`, ascending; neighbours, with what pads them, are one.
std::vector<Region> Recorder::regions_without(const std::vector<TensorId>& without) const {
  std::vector<Region> regions;
  std::vector<TensorId> others;
  for (const TensorId id : program_.parameters)
    if (std::find(without.begin(), without.end(), id) == without.end()) others.push_back(id);
  std::sort(others.begin(), others.end(), [&](TensorId a, TensorId b) { return (*this)[a].offset < (*this)[b].offset; });
  for (const TensorId id : others) {
    const uint32_t offset = (*this)[id].offset, size = (*this)[id].elements();
    constexpr uint32_t kPadding = 16;  // floats: what tensors are aligned to
    if (!regions.empty() && offset < regions.back().offset + regions.back().size + kPadding)
      regions.back().size = offset + size - regions.back().offset;
    else
      regions.push_back({offset, size});
  }
  return regions;
}

// `flat`: the optimiser over all parameters; where there are matrices for Muon, over the rest.
void Recorder::record_optimiser(const Step& flat, const std::vector<TensorId>& matrices) {
  if (matrices.empty()) return program_.update.push_back(flat);
  record_muon(matrices);
  const size_t first = program_.update.size();
  for (const Region& region : regions_without(matrices)) {
    Step made = flat;
    for (int i = 0; i < 4; ++i) made.offset[i] += region.offset - program_.parameter_region.offset;
    made.size[0] = region.size;
    program_.update.push_back(made);
  }
  mark_together(program_.update, first);
}

}  // namespace induction
