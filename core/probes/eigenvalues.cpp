// The one decomposition of matrix.hpp, in a file of its own: the page's module compiles it for size, and products for speed.

#include <Eigen/Eigenvalues>
#include <cmath>

#include "matrix.hpp"

namespace induction {
namespace {

using Dense = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic>;

// To Hessenberg form by Householder reflections. Eigen's own class does the same, but brings the transformation along, and with it
// blocked products that take more of the module than all the rest of this.
void reduce(Dense& a) {
  const Eigen::Index n = a.rows();
  Eigen::VectorXd space(n);
  for (Eigen::Index i = 0; i + 2 < n; ++i) {
    const Eigen::Index below = n - i - 1;
    Eigen::VectorXd essential(below - 1);
    double tau = 0, beta = 0;
    a.col(i).tail(below).makeHouseholder(essential, tau, beta);
    a.col(i).tail(below).setZero();
    a(i + 1, i) = beta;
    a.bottomRightCorner(below, below).applyHouseholderOnTheLeft(essential, tau, space.data());
    a.rightCols(below).applyHouseholderOnTheRight(essential, tau, space.data());
  }
}

}  // namespace

// Of a real Schur form: its diagonal, and of each 2 by 2 block the roots of its characteristic polynomial.
std::vector<std::complex<double>> eigenvalues(const Matrix& m) {
  const auto n = static_cast<Eigen::Index>(m.rows);
  Dense a(n, n);
  for (uint32_t r = 0; r < m.rows; ++r)
    for (uint32_t c = 0; c < m.columns; ++c) a(r, c) = m(r, c);
  reduce(a);
  Eigen::RealSchur<Dense> schur(n);
  schur.computeFromHessenberg(a, Dense(), false);
  const Dense& t = schur.matrixT();
  std::vector<std::complex<double>> values;
  for (Eigen::Index i = 0; i < n; ++i) {
    if (i + 1 == n || t(i + 1, i) == 0) {
      values.emplace_back(t(i, i), 0.0);
      continue;
    }
    const double half = (t(i, i) - t(i + 1, i + 1)) / 2, middle = (t(i, i) + t(i + 1, i + 1)) / 2;
    const std::complex<double> apart = std::sqrt(std::complex<double>(half * half + t(i, i + 1) * t(i + 1, i)));
    values.push_back(middle + apart);
    values.push_back(middle - apart);
    ++i;
  }
  return values;
}

}  // namespace induction
