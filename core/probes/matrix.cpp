#include "matrix.hpp"

namespace induction {
namespace {

// row += factor · other: the one inner loop of all products, which compilers vectorise.
void add_row(double* row, const double* other, double factor, size_t n) {
  for (size_t i = 0; i < n; ++i) row[i] += factor * other[i];
}

}  // namespace

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows, b.columns);
  for (uint32_t r = 0; r < a.rows; ++r)
    for (uint32_t k = 0; k < a.columns; ++k) add_row(&c.values[size_t{r} * c.columns], b.row(k).data(), a(r, k), c.columns);
  return c;
}

Matrix product_at(const Matrix& a, const Matrix& b) {
  Matrix c(a.columns, b.columns);
  for (uint32_t k = 0; k < a.rows; ++k)
    for (uint32_t r = 0; r < a.columns; ++r) add_row(&c.values[size_t{r} * c.columns], b.row(k).data(), a(k, r), c.columns);
  return c;
}

Matrix product_bt(const Matrix& a, const Matrix& b) { return product(a, transposed(b)); }

Matrix transposed(const Matrix& m) {
  Matrix t(m.columns, m.rows);
  for (uint32_t r = 0; r < m.rows; ++r)
    for (uint32_t c = 0; c < m.columns; ++c) t(c, r) = m(r, c);
  return t;
}

void add_scaled(Matrix& a, const Matrix& b, double factor) { add_row(a.values.data(), b.values.data(), factor, a.values.size()); }

double trace_of_product(const Matrix& a, const Matrix& b) {
  double sum = 0;
  for (uint32_t r = 0; r < a.rows; ++r)
    for (uint32_t c = 0; c < a.columns; ++c) sum += a(r, c) * b(c, r);
  return sum;
}

}  // namespace induction
