#pragma once
// Dense matrices in double for the weight probes. Eigen finds the eigenvalues, in eigenvalues.cpp only; its products would take a tenth of
// the page's module for matrices of some dozens of rows.

#include <complex>
#include <cstdint>
#include <span>
#include <vector>

namespace induction {

/// Row-major; acts on row vectors from the right, as everywhere in docs/maths.md.
struct Matrix {
  uint32_t rows = 0, columns = 0;
  std::vector<double> values;

  Matrix() = default;
  Matrix(uint32_t r, uint32_t c) : rows(r), columns(c), values(static_cast<size_t>(r) * c) {}
  bool empty() const { return values.empty(); }
  double& operator()(uint32_t r, uint32_t c) { return values[static_cast<size_t>(r) * columns + c]; }
  double operator()(uint32_t r, uint32_t c) const { return values[static_cast<size_t>(r) * columns + c]; }
  std::span<const double> row(uint32_t r) const { return {values.data() + static_cast<size_t>(r) * columns, columns}; }
};

/// a b, aᵀ b and a bᵀ. The inner sizes must agree.
Matrix product(const Matrix& a, const Matrix& b);
Matrix product_at(const Matrix& a, const Matrix& b);
Matrix product_bt(const Matrix& a, const Matrix& b);
Matrix transposed(const Matrix& m);

/// a += factor · b, of equal shape.
void add_scaled(Matrix& a, const Matrix& b, double factor = 1);

/// tr(a b) = Σ a_ij b_ji, without the product.
double trace_of_product(const Matrix& a, const Matrix& b);

/// Of a square matrix; error about 1e-13 of its norm where the eigenvalues are well conditioned.
std::vector<std::complex<double>> eigenvalues(const Matrix& m);

}  // namespace induction
