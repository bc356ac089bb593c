#include "matrix.hpp"

#include <Eigen/Dense>

namespace induction {
namespace {

using Dense = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const Dense> view(const Matrix& m) {
  return {m.values.data(), static_cast<Eigen::Index>(m.rows), static_cast<Eigen::Index>(m.columns)};
}
Eigen::Map<Dense> view(Matrix& m) { return {m.values.data(), static_cast<Eigen::Index>(m.rows), static_cast<Eigen::Index>(m.columns)}; }

}  // namespace

Matrix product(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows, b.columns);
  view(c).noalias() = view(a) * view(b);
  return c;
}

Matrix product_at(const Matrix& a, const Matrix& b) {
  Matrix c(a.columns, b.columns);
  view(c).noalias() = view(a).transpose() * view(b);
  return c;
}

Matrix product_bt(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows, b.rows);
  view(c).noalias() = view(a) * view(b).transpose();
  return c;
}

Matrix transposed(const Matrix& m) {
  Matrix t(m.columns, m.rows);
  view(t) = view(m).transpose();
  return t;
}

void add_scaled(Matrix& a, const Matrix& b, double factor) { view(a) += factor * view(b); }

double trace_of_product(const Matrix& a, const Matrix& b) { return view(a).cwiseProduct(view(b).transpose()).sum(); }

}  // namespace induction
