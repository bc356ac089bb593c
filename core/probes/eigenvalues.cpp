// The one decomposition of matrix.hpp: in a file of its own, since the page's module compiles it for size, and products for speed.

#include <Eigen/Eigenvalues>

#include "matrix.hpp"

namespace induction {

std::vector<std::complex<double>> eigenvalues(const Matrix& m) {
  using Dense = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Dense> view(m.values.data(), m.rows, m.columns);
  const Eigen::EigenSolver<Dense> solver(view, false);
  const auto& values = solver.eigenvalues();
  return {values.data(), values.data() + values.size()};
}

}  // namespace induction
