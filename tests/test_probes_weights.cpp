// Weight probes against full matrices in double, on constructed heads, at initialisation, and where they do not hold.

#include <Eigen/Dense>
#include <cmath>
#include <numeric>

#include "model.hpp"
#include "probes/composition.hpp"
#include "probes/recall.hpp"
#include "support/weights.hpp"

namespace test_probes_weights {

using namespace induction;
using namespace induction::tests;

namespace {

using Dense = Eigen::MatrixXd;

Dense dense(const Matrix& m) {
  Dense d(m.rows, m.columns);
  for (uint32_t r = 0; r < m.rows; ++r)
    for (uint32_t c = 0; c < m.columns; ++c) d(r, c) = m(r, c);
  return d;
}

Dense ov(const HeadWeights& h) { return dense(h.W_V) * dense(h.W_O); }
Dense qk(const HeadWeights& h) { return dense(h.W_Q) * dense(h.W_K).transpose(); }

double share_of_rows(const Dense& m) {
  int hits = 0;
  for (int r = 0; r < m.rows(); ++r) {
    int best = 0;
    m.row(r).maxCoeff(&best);
    hits += best == r ? 1 : 0;
  }
  return hits / static_cast<double>(m.rows());
}

double margin_of(const Dense& m) {
  const double n = static_cast<double>(m.rows());
  return m.trace() / n - (m.sum() - m.trace()) / (n * (n - 1));
}

constexpr double kDouble = 1e-10;  // two orders of summation of some hundred terms

// d_vocab tokens as orthogonal directions of a wide stream, so that heads can be written down.
constexpr uint32_t V = 7;
ModelWeights constructed() {
  Config c = bare_config(2, 1, 3 * V, V, V);
  ModelWeights w = random_weights(c, 1);
  w.W_E = block(V, 3 * V, 0), w.W_U = transposed(block(V, 3 * V, 2 * V));
  HeadWeights &first = w.heads[0][0], &second = w.heads[1][0];
  first.W_V = transposed(block(V, 3 * V, 0)), first.W_O = block(V, 3 * V, V);        // token -> 'before'
  second.W_Q = transposed(block(V, 3 * V, 0));                                       // asks for its token
  second.W_K = transposed(block(V, 3 * V, V));                                       // among what stood before
  second.W_V = transposed(block(V, 3 * V, 0)), second.W_O = block(V, 3 * V, 2 * V);  // and copies
  return w;
}

}  // namespace

TEST_CASE("weights are read under their names, whatever their place in the arena") {
  Config c = tiny_config();
  for (const auto positions : {kind::positions::learned, kind::positions::shortformer, kind::positions::rotary}) {
    c.positions = positions;
    const Program program = record_model(c, {1, 4, 4});
    Cpu<float> cpu(program);
    const auto region = cpu.region(program.parameter_region);
    const auto values = random_values(region.size(), 2);
    std::copy(values.begin(), values.end(), region.begin());
    const ModelWeights w = read_weights<float>(c, program, region);
    const auto same = [&](const Matrix& m, const char* name, size_t from) {
      const auto all = as_double(cpu.read(program.find(name)));
      return m.values == std::vector<double>(all.begin() + from, all.begin() + from + m.values.size());
    };
    CHECK(same(w.W_E, "embed.W_E", 0));
    CHECK(same(w.W_U, "unembed.W_U", 0));
    CHECK(same(w.heads[1][1].W_Q, "blocks.1.attn.W_Q", 8 * 4));
    CHECK(same(w.heads[0][1].W_K, "blocks.0.attn.W_K", 8 * 4));
    CHECK(same(w.heads[1][0].W_V, "blocks.1.attn.W_V", 0));
    CHECK(same(w.heads[1][1].W_O, "blocks.1.attn.W_O", 4 * 8));
    CHECK(w.W_pos.empty() == (positions == kind::positions::rotary));
  }
}

TEST_CASE("composition scores through d_head-sized products equal the Frobenius norms of full matrices") {
  const ModelWeights w = random_weights(bare_config(3, 2, 24, 5, 11), 3);
  for (const auto& [from, to] : {std::pair{HeadPlace{0, 0}, HeadPlace{1, 1}}, {HeadPlace{1, 0}, HeadPlace{2, 0}}}) {
    const Dense ov1 = ov(w.at(from)), qk2 = qk(w.at(to)), ov2 = ov(w.at(to));
    const CompositionResult found = composition(w, from, to);
    CHECK(*found.q.value == doctest::Approx((ov1 * qk2).norm() / ov1.norm() / qk2.norm()).epsilon(kDouble));
    CHECK(*found.k.value == doctest::Approx((ov1 * qk2.transpose()).norm() / ov1.norm() / qk2.norm()).epsilon(kDouble));
    CHECK(*found.v.value == doctest::Approx((ov1 * ov2).norm() / ov1.norm() / ov2.norm()).epsilon(kDouble));
  }
}

TEST_CASE("a later head that reads nothing but what an earlier one writes composes fully, one that reads elsewhere not at all") {
  const ModelWeights w = constructed();
  const CompositionResult found = composition(w, {0, 0}, {1, 0});
  // All V directions have weight 1: ‖I‖/(‖I‖‖I‖) = 1/√V.
  CHECK(*found.k.value == doctest::Approx(1 / std::sqrt(double{V})).epsilon(kDouble));
  CHECK(*found.q.value == 0.0);
  CHECK(*found.v.value == 0.0);
}

TEST_CASE("random heads compose at 1/√d_model, whatever d_head: 0.125, 0.177 and 0.25 for widths 64, 32 and 16") {
  for (const auto& [width, quoted] : {std::pair{64u, 0.125}, {32u, 0.177}, {16u, 0.25}})
    for (const uint32_t d_head : {4u, 8u}) {
      const ModelWeights w = random_weights(bare_config(2, 8, width, d_head, 4), width + d_head);
      double q = 0, k = 0, v = 0;
      for (uint32_t a = 0; a < 8; ++a)
        for (uint32_t b = 0; b < 8; ++b) {
          const CompositionResult found = composition(w, {0, a}, {1, b});
          q += *found.q.value / 64, k += *found.k.value / 64, v += *found.v.value / 64;
        }
      CHECK(composition_baseline(w.config) == doctest::Approx(quoted).epsilon(0.002));  // quoted to three digits
      // 64 pairs of d_head² random terms: 4 % is five standard errors at d_head 4, and 'to leading order' leaves 1/d_model.
      for (const double mean : {q, k, v}) CHECK(mean == doctest::Approx(quoted).epsilon(0.04 + 1.0 / width));
    }
}

TEST_CASE("token K-composition equals the full matrix M over weighted earlier heads") {
  const ModelWeights w = random_weights(bare_config(3, 2, 16, 4, 13), 8);
  const std::vector<WeightedHead> earlier = {{{0, 0}, 0.9}, {{0, 1}, 0.1}, {{1, 0}, 0.5}, {{1, 1}, 0.0}, {{2, 0}, 7.0}};
  const HeadWeights& h = w.heads[2][1];
  Dense M = Dense::Zero(13, 13);
  for (const WeightedHead& e : earlier)
    if (e.place.layer < 2) M += e.weight * dense(w.W_E) * qk(h) * ov(w.at(e.place)).transpose() * dense(w.W_E).transpose();
  const auto found = token_composition(w, {2, 1}, earlier);
  CHECK(found.value->diagonal_share == doctest::Approx(share_of_rows(M)).epsilon(kDouble));
  CHECK(found.value->margin == doctest::Approx(margin_of(M) / 2).epsilon(kDouble));  // √d_head = 2
}

TEST_CASE("token K-composition is 1 for the hand-written circuit and 0 when the values are shifted by one token") {
  ModelWeights w = constructed();
  const std::vector<WeightedHead> before = {{{0, 0}, 1.0}};
  CHECK(token_composition(w, {1, 0}, before).value->diagonal_share == 1.0);
  CHECK(token_composition(w, {1, 0}, before).value->margin == doctest::Approx(1 / std::sqrt(double{V})).epsilon(kDouble));
  CHECK(*recall_match(w, {0, 0}, {1, 0}).value == 1.0);
  Matrix shifted(V, 3 * V);
  for (uint32_t v = 0; v < V; ++v) shifted(v, V + (v + 1) % V) = 1;
  w.heads[0][0].W_O = shifted;
  CHECK(token_composition(w, {1, 0}, before).value->diagonal_share == 0.0);
  CHECK(token_composition(w, {1, 0}, before).value->margin < 0);
  CHECK(*recall_match(w, {0, 0}, {1, 0}).value == 0.0);
}

TEST_CASE("rows that are even all along are no diagonal") {
  const Matrix ones = [] {
    Matrix m(4, 1);
    m.values.assign(4, 1.0);
    return m;
  }();
  CHECK(diagonal_scores(ones, ones).share == 0.0);
  CHECK(diagonal_scores(ones, ones).margin == 0.0);
}

TEST_CASE("copying by eigenvalues and by the diagonal equal those of the full d_vocab matrix") {
  const ModelWeights w = random_weights(bare_config(2, 2, 16, 5, 70), 11);  // more rows than one block of the product
  for (uint32_t h = 0; h < 2; ++h) {
    const Dense full = dense(w.W_E) * ov(w.heads[1][h]) * dense(w.W_U);
    const Eigen::VectorXcd values = full.eigenvalues();
    const double wanted = values.sum().real() / values.cwiseAbs().sum();
    // The 65 zero eigenvalues of the full matrix come out as some 1e-8 each, for it is not normal.
    CHECK(*copying_eigenvalue(w, {1, h}).value == doctest::Approx(wanted).scale(1).epsilon(1e-5));
    CHECK(copying_diagonal(w, {1, h}).value->share == doctest::Approx(share_of_rows(full)).epsilon(kDouble));
    CHECK(copying_diagonal(w, {1, h}).value->margin == doctest::Approx(margin_of(full)).epsilon(1e-8));
    CHECK(*recall_copy(w, {1, h}).value == copying_diagonal(w, {1, h}).value->share);
  }
}

TEST_CASE("a head that copies scores 1 by all three measures, its negative −1, one that writes nowhere is not defined") {
  ModelWeights w = constructed();
  CHECK(*copying_eigenvalue(w, {1, 0}).value == doctest::Approx(1.0).epsilon(kDouble));
  CHECK(copying_diagonal(w, {1, 0}).value->share == 1.0);
  CHECK(copying_diagonal(w, {1, 0}).value->margin == doctest::Approx(1.0).epsilon(kDouble));
  for (double& x : w.heads[1][0].W_O.values) x = -x;
  CHECK(*copying_eigenvalue(w, {1, 0}).value == doctest::Approx(-1.0).epsilon(kDouble));
  CHECK(copying_diagonal(w, {1, 0}).value->share == 0.0);
  CHECK_FALSE(copying_eigenvalue(w, {0, 0}).value.has_value());  // writes to 'before', which W_U does not read
  CHECK(copying_eigenvalue(w, {0, 0}).reason == "every eigenvalue of this head's copying matrix is 0");
}

TEST_CASE("random heads copy neither way: eigenvalues about 0 within a few 1/√d_head, diagonal share about 1/d_vocab") {
  const ModelWeights w = random_weights(bare_config(2, 16, 64, 16, 64), 5);
  double sum = 0, share = 0;
  for (uint32_t h = 0; h < 16; ++h) {
    const double score = *copying_eigenvalue(w, {0, h}).value;
    CHECK(std::abs(score) < 4 / std::sqrt(16.0));
    sum += score / 16, share += copying_diagonal(w, {0, h}).value->share / 16;
  }
  CHECK(std::abs(sum) < 4 / std::sqrt(16.0 * 16));
  CHECK(share < 3.0 / 64);
}

TEST_CASE("copying by behaviour is 3 for a head that raises the attended token only, −1 for one that raises any other") {
  ModelWeights w = constructed();
  HeadSample row{{4, 2, 6}, Matrix(3, 3), Matrix(3, V)};
  for (uint32_t t = 0; t < 3; ++t) row.pattern(t, t / 2) = 1, row.z(t, row.tokens[t / 2]) = 1;  // looks at 0, 0, 1
  CHECK(*copying_behaviour(w, {1, 0}, {&row, 1}).value == doctest::Approx(3.0).epsilon(kDouble));
  for (uint32_t t = 0; t < 3; ++t) row.z(t, row.tokens[t / 2]) = 0, row.z(t, 0) = 1;  // raises token 0, which is not attended to
  CHECK(*copying_behaviour(w, {1, 0}, {&row, 1}).value == doctest::Approx(-1.0).epsilon(kDouble));
  for (uint32_t t = 0; t < 3; ++t) row.z(t, row.tokens[t / 2]) = 1;  // both: half of the rise
  CHECK(*copying_behaviour(w, {1, 0}, {&row, 1}).value == doctest::Approx(1.0).epsilon(kDouble));
  row.z = Matrix(3, V);
  CHECK(copying_behaviour(w, {1, 0}, {&row, 1}).reason == "this head raises no logit on the sample");
}

TEST_CASE("recall of the previous position is 1 for positions shifted by one, 0 for a head that looks at itself") {
  Config c = bare_config(2, 1, 12, 12, 4);
  c.n_ctx = 12;
  ModelWeights w = random_weights(c, 1);
  w.W_pos = block(12, 12, 0);
  w.heads[0][0].W_Q = block(12, 12, 0);
  w.heads[0][0].W_K = block(12, 12, 1);  // key s answers to query s + 1
  CHECK(*recall_previous(w, {0, 0}).value == 1.0);
  w.heads[0][0].W_K = block(12, 12, 0);
  CHECK(*recall_previous(w, {0, 0}).value == 0.0);
  CHECK(recall_previous(w, {1, 0}).reason == "earlier heads have moved the positions that a head of layer 1 reads");
}

TEST_CASE("where a weight probe does not hold it says why and gives no number") {
  const auto with = [](auto change) {
    Config c = bare_config(2, 1, 8, 4, 5);
    change(c);
    return random_weights(c, 1);
  };
  const std::vector<WeightedHead> before = {{{0, 0}, 1.0}};
  const ModelWeights rms = with([](Config& c) { c.norm = kind::norm::rms; });
  for (const std::string& reason :
       {composition(rms, {0, 0}, {1, 0}).v.reason, token_composition(rms, {1, 0}, before).reason, copying_eigenvalue(rms, {1, 0}).reason,
        copying_diagonal(rms, {1, 0}).reason, copying_behaviour(rms, {1, 0}, {}).reason, recall_copy(rms, {1, 0}).reason,
        recall_match(rms, {0, 0}, {1, 0}).reason, recall_previous(rms, {0, 0}).reason})
    CHECK(reason == "the norm (rms) divides each position by a number of its own, which the weights do not tell");

  const ModelWeights rotary = with([](Config& c) { c.positions = kind::positions::rotary; });
  const CompositionResult turned = composition(rotary, {0, 0}, {1, 0});
  CHECK(turned.v.value.has_value());  // values are not turned
  CHECK(copying_eigenvalue(rotary, {1, 0}).value.has_value());
  for (const std::string& reason : {turned.q.reason, turned.k.reason, token_composition(rotary, {1, 0}, before).reason,
                                    recall_match(rotary, {0, 0}, {1, 0}).reason, recall_previous(rotary, {0, 0}).reason})
    CHECK(reason == "rotary positions turn queries and keys by their distance, so that no single matrix holds the scores");

  const ModelWeights smeared = with([](Config& c) { c.smeared_keys = true; });
  CHECK(token_composition(smeared, {1, 0}, before).reason.find("smeared keys") == 0);
  const ModelWeights none = with([](Config& c) { c.positions = kind::positions::none; });
  CHECK(recall_previous(none, {0, 0}).reason == "positions are not vectors here (positions = none)");
  CHECK(token_composition(none, {0, 0}, before).reason == "a head of layer 0 has no earlier head to compose with");
  CHECK(composition(none, {1, 0}, {1, 0}).k.reason == "the first head is not in an earlier layer than the second");
}

}  // namespace test_probes_weights
