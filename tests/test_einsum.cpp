// Contractions: every letter pattern of the model and some more, against a sum over all letters written out naively.

#include <Eigen/Core>
#include <map>

#include "support/one_op.hpp"

namespace test_einsum {

using namespace induction;
using namespace induction::tests;

namespace {

using Sizes = std::map<char, uint32_t>;

// Float: a sum of n terms of size ≤ 1 is off by at most about n·6e-8; no case sums more than 60 terms.
constexpr double kFloat = 4e-6;

Shape shape_of(const std::string& letters, const Sizes& sizes) {
  Shape shape;
  for (const char letter : letters) shape.push_back(sizes.at(letter));
  return shape;
}

size_t place(const std::string& letters, const Sizes& sizes, const Sizes& at) {
  size_t index = 0;
  for (const char letter : letters) index = index * sizes.at(letter) + at.at(letter);
  return index;
}

struct Letters {
  std::string a, b, c;
  explicit Letters(const std::string& text)
      : a(text.substr(0, text.find(','))),
        b(text.substr(text.find(',') + 1, text.find("->") - text.find(',') - 1)),
        c(text.substr(text.find("->") + 2)) {}
};

std::vector<double> naive_einsum(const Letters& letters, const Sizes& sizes, const std::vector<double>& a, const std::vector<double>& b) {
  size_t out_size = 1;
  for (const char letter : letters.c) out_size *= sizes.at(letter);
  std::vector<double> c(out_size, 0.0);
  Sizes used, at;
  for (const char letter : letters.a + letters.b) used[letter] = sizes.at(letter), at[letter] = 0;
  for (bool more = true; more;) {
    c[place(letters.c, sizes, at)] += a[place(letters.a, sizes, at)] * b[place(letters.b, sizes, at)];
    more = false;
    for (auto& [letter, index] : at) {
      if (++index < used[letter]) {
        more = true;
        break;
      }
      index = 0;
    }
  }
  return c;
}

// The operand is a parameter when it has no batch.
TensorId operand(OpBuilder& build, const std::string& letters, const Sizes& sizes) {
  if (letters[0] != 'b') return build.parameter(shape_of(letters, sizes));
  return build.input(letters, shape_of(letters, sizes));
}

void check_pattern(const std::string& text, const Sizes& sizes, bool with_onto) {
  CAPTURE(text);
  CAPTURE(with_onto);
  const Letters letters(text);
  for (const Mode mode : {Mode::plain, Mode::training}) {
    OpBuilder build(sizes.at('b'), 9, mode);
    // Parameters are recorded first.
    const bool b_first = letters.b[0] != 'b';
    const TensorId first = operand(build, b_first ? letters.b : letters.a, sizes),
                   second = operand(build, b_first ? letters.a : letters.b, sizes);
    const TensorId a = b_first ? second : first, b = b_first ? first : second;
    const TensorId onto = with_onto ? build.input(letters.c, shape_of(letters.c, sizes)) : kNoTensor;
    std::vector<double> expected = naive_einsum(letters, sizes, build.values(a), build.values(b));
    if (with_onto)
      for (size_t i = 0; i < expected.size(); ++i) expected[i] += build.values(onto)[i];
    const OneOp op = build.finish(build.rec.einsum("", text, a, b, onto));
    check_forward(op, expected, kFloat);
    check_reverse(op, kFloat);
  }
}

}  // namespace

TEST_CASE("a contraction and both its reverses equal the naive sum in every letter pattern of the model, at odd sizes") {
  const Sizes sizes = {{'b', 3}, {'t', 9}, {'q', 9}, {'k', 9}, {'d', 7}, {'h', 3}, {'e', 5}, {'v', 11}, {'c', 3}};
  for (const char* text :
       {"btd,dche->btche", "btd,dhe->bthe", "bthe,hed->btd", "btd,dv->btv", "btd,vd->btv", "bqhe,bkhe->bhqk", "bhqk,bkhe->bqhe"})
    for (const bool onto : {false, true}) check_pattern(text, sizes, onto);
}

TEST_CASE("a contraction works for axes of size one, for widths around every vector width and for ragged last chunks") {
  for (const uint32_t e : {1u, 4u, 6u, 8u, 13u, 17u, 33u})
    check_pattern("btd,dhe->bthe", {{'b', 2}, {'t', 9}, {'d', 5}, {'h', 1}, {'e', e}}, false);
  check_pattern("bthe,hed->btd", {{'b', 2}, {'t', 9}, {'d', 8}, {'h', 3}, {'e', 1}}, true);
  check_pattern("bqhe,bkhe->bhqk", {{'b', 1}, {'q', 9}, {'k', 9}, {'h', 2}, {'e', 1}}, false);
  check_pattern("bhqk,bkhe->bqhe", {{'b', 2}, {'q', 9}, {'k', 9}, {'h', 3}, {'e', 1}}, false);
  check_pattern("btd,dv->btv", {{'b', 19}, {'t', 9}, {'d', 5}, {'v', 2}}, false);  // 7 chunks of 3, the last one with 1
}

TEST_CASE("a contraction of two batched operands may sum over positions") {
  check_pattern("btd,bte->bde", {{'b', 3}, {'t', 9}, {'d', 6}, {'e', 5}}, false);
}

TEST_CASE("a parameter used twice gathers both gradients, and so does an activation") {
  for (const uint32_t batch : {3u, 11u})
    for (const Mode mode : {Mode::plain, Mode::training}) {
      OpBuilder build(batch, 5, mode);
      const TensorId W = build.parameter({6, 6});
      const TensorId x = build.input("btd", {batch, 5, 6});
      const TensorId once = build.rec.einsum("", "btd,de->bte", x, W), twice = build.rec.einsum("", "bte,de->btd", once, W);
      const TensorId sum = build.rec.add("", twice, build.rec.add("", once, x));
      using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
      const Eigen::Map<const Matrix> w(build.values(W).data(), 6, 6), rows(build.values(x).data(), batch * 5, 6);
      const Matrix y = rows * w * w.transpose() + rows * w + rows;
      const OneOp op = build.finish(sum);
      check_forward(op, std::span(y.data(), static_cast<size_t>(y.size())), kFloat);
      check_reverse(op, kFloat);
    }
}

TEST_CASE("a selected view reads its slice, and its gradient lands in that slice only") {
  for (const uint32_t chosen : {0u, 1u, 2u}) {
    OpBuilder build(3, 9);
    const TensorId W = build.parameter({7, 3, 2, 5}), last = build.parameter({2, 5, 7});
    const TensorId x = build.input("btd", {3, 9, 7});
    const TensorId whole = build.rec.einsum("", "btd,dche->btche", x, W);
    const TensorId view = build.rec.select("", whole, 'c', chosen);
    const Sizes sizes = {{'b', 3}, {'t', 9}, {'d', 7}, {'c', 3}, {'h', 2}, {'e', 5}};
    const std::vector<double> all = naive_einsum(Letters("btd,dche->btche"), sizes, build.values(x), build.values(W));
    std::vector<double> slice;
    for (size_t row = 0; row < 27; ++row)
      for (size_t i = 0; i < 10; ++i) slice.push_back(all[(row * 3 + chosen) * 10 + i]);
    const auto expected = naive_einsum(Letters("bthe,hed->btd"), sizes, slice, build.values(last));
    const OneOp op = build.finish(build.rec.einsum("", "bthe,hed->btd", view, last));
    check_forward(op, expected, kFloat);
    check_reverse(op, kFloat);
  }
}

}  // namespace test_einsum
