#include "attribution.hpp"

#include <algorithm>
#include <cmath>

#include "activations.hpp"
#include "paths.hpp"

namespace induction {
namespace {

Matrix as_matrix(const std::vector<float>& values, uint32_t columns) {
  Matrix m(static_cast<uint32_t>(values.size() / columns), columns);
  std::copy(values.begin(), values.end(), m.values.begin());
  return m;
}

Matrix row_of(const Matrix& m, uint32_t row) {
  Matrix one(1, m.columns);
  std::copy_n(m.row(row).begin(), m.columns, one.values.begin());
  return one;
}

// How the stream at one position is read: logit over the mean = stream · directions + bias.
struct Readout {
  Matrix directions;         // [d_model, tokens]
  std::vector<double> bias;  // per token; zeros but with layer norm
};

// W_U's columns of the tokens, less the mean over all columns.
Matrix over_mean(const Matrix& W_U, std::span<const uint32_t> tokens) {
  Matrix found(W_U.rows, static_cast<uint32_t>(tokens.size()));
  for (uint32_t d = 0; d < W_U.rows; ++d) {
    double mean = 0;
    for (const double x : W_U.row(d)) mean += x / W_U.columns;
    for (uint32_t i = 0; i < found.columns; ++i) found(d, i) = W_U(d, tokens[i]) - mean;
  }
  return found;
}

// The final norm as the linear map that it is while its scale stays: docs/maths.md (3).
void fold_norm(Readout& read, const PathPatching& model, std::span<const double> stream) {
  const bool layer = model.config().norm == kind::norm::layer;
  const std::vector<float> w = model.read("ln_final.w"), b = layer ? model.read("ln_final.b") : std::vector<float>(w.size());
  double mean = 0, square = 0;
  for (const double x : stream) mean += layer ? x / static_cast<double>(stream.size()) : 0.0;
  for (const double x : stream) square += (x - mean) * (x - mean) / static_cast<double>(stream.size());
  const double scale = 1 / std::sqrt(square + kNormEpsilon);
  for (uint32_t i = 0; i < read.directions.columns; ++i) {
    double sum = 0;
    for (uint32_t d = 0; d < w.size(); ++d) {
      double& u = read.directions(d, i);
      read.bias[i] += b[d] * u;
      u *= scale * w[d], sum += u;
    }
    for (uint32_t d = 0; layer && d < w.size(); ++d) read.directions(d, i) -= sum / static_cast<double>(w.size());
  }
}

std::string last_stream(const Config& c) { return "blocks." + std::to_string(c.n_layers - 1) + ".hook_resid_post"; }

Readout readout(const PathPatching& model, uint32_t position, std::span<const uint32_t> tokens) {
  Readout read{over_mean(model.weights().W_U, tokens), std::vector<double>(tokens.size())};
  const auto d_model = static_cast<uint32_t>(model.config().d_model);
  if (model.config().norm != kind::norm::none)
    fold_norm(read, model, as_matrix(model.read(last_stream(model.config())), d_model).row(position));
  return read;
}

std::vector<double> through(const Matrix& stream_row, const Matrix& directions) { return product(stream_row, directions).values; }

// z of one head at a position, as a row.
Matrix z_row(const std::vector<float>& z, const Config& c, uint32_t head, uint32_t position) {
  const auto heads = static_cast<size_t>(c.n_heads), width = static_cast<size_t>(head_width(c));
  return row_of(output_of(z, 0, head, heads, z.size() / (heads * width), width), position);
}

std::string why_not_by_path(const Config& c, const Interventions& held) {
  if (const std::string reason = first_reason({norm_hides(c), mlp_hides(c)}); !reason.empty()) return reason;
  for (const Intervention& one : held)
    if (one.replaces_output() || (one.kind == Intervention::Kind::path && one.input == 'v'))
      return "what is held in the model (" + text_of(one) + ") changes what a head writes";
  return {};
}

Patterns patterns_of(const PathPatching& model) {
  const auto heads = static_cast<uint32_t>(model.config().n_heads);
  Patterns list;
  for (uint32_t l = 0; l < model.config().n_layers; ++l) {
    list.emplace_back();
    for (uint32_t h = 0; h < heads; ++h) list.back().push_back(pattern_of(model.clean(l).pattern, 0, h, heads, model.length()));
  }
  return list;
}

void add_paths(std::vector<LogitPart>& parts, const PathPatching& model, const Readout& read, const Matrix& x, uint32_t position) {
  const ModelWeights& weights = model.weights();
  const Patterns patterns = patterns_of(model);
  std::vector<LogitPart> pairs;
  const auto layers = static_cast<uint32_t>(weights.heads.size());
  for (uint32_t l = 0; l < layers; ++l)
    for (uint32_t h = 0; h < weights.heads[l].size(); ++h) {
      const Matrix written = head_writes(weights.heads[l][h], patterns[l][h], x);
      parts.push_back({LogitSource::head, {{l, h}}, through(row_of(written, position), read.directions)});
      for (uint32_t m = l + 1; m < layers; ++m)
        for (uint32_t g = 0; g < weights.heads[m].size(); ++g) {
          const Matrix moved = head_writes(weights.heads[m][g], row_of(patterns[m][g], position), written);
          pairs.push_back({LogitSource::pair, {{l, h}, {m, g}}, through(moved, read.directions)});
        }
    }
  parts.insert(parts.end(), pairs.begin(), pairs.end());
  if (layers > 2)
    parts.push_back({LogitSource::longer, {}, through(row_of(longer_paths(weights, patterns, x), position), read.directions)});
}

void add_wholes(std::vector<LogitPart>& parts, const PathPatching& model, const Readout& read, uint32_t position) {
  const Config& c = model.config();
  for (uint32_t l = 0; l < c.n_layers; ++l) {
    for (uint32_t h = 0; h < c.n_heads; ++h)
      parts.push_back({LogitSource::head,
                       {{l, h}},
                       through(product(z_row(model.clean(l).z, c, h, position), model.weights().heads[l][h].W_O), read.directions)});
    if (c.d_mlp == 0) continue;
    const std::string block = "blocks." + std::to_string(l);
    const auto d = static_cast<uint32_t>(c.d_model);
    Matrix made = row_of(as_matrix(model.read(block + ".hook_resid_post"), d), position);
    add_scaled(made, row_of(as_matrix(model.read(block + ".hook_resid_mid"), d), position), -1);
    parts.push_back({LogitSource::mlp, {{l, 0}}, through(made, read.directions)});
  }
  if (c.norm == kind::norm::layer) parts.push_back({LogitSource::norm_bias, {}, read.bias});
}

// What heads with a held copy add past the stream, β(Σ_k A[q,k] [x_k = v] − Σ_k A[q,k] / V): docs/maths.md (99).
void add_copies(std::vector<LogitPart>& parts, const PathPatching& model, const Interventions& held, uint32_t position,
                std::span<const uint32_t> tokens) {
  const std::vector<float> row = model.read("tokens");
  const double vocabulary = model.weights().W_U.columns;
  for (const Intervention& one : held) {
    if (one.kind != Intervention::Kind::copy) continue;
    const HeadPlace place{one.layer, one.head};
    const auto own = std::find_if(parts.begin(), parts.end(),
                                  [&](const LogitPart& part) { return part.source == LogitSource::head && part.heads.front() == place; });
    const Matrix pattern =
        pattern_of(model.clean(one.layer).pattern, 0, one.head, static_cast<size_t>(model.config().n_heads), model.length());
    for (size_t i = 0; i < tokens.size(); ++i)
      for (uint32_t k = 0; k < model.length(); ++k)
        own->logits[i] += one.factor * pattern(position, k) * ((row[k] == static_cast<float>(tokens[i])) - 1 / vocabulary);
  }
}

}  // namespace

LogitAttribution attribute_logits(const PathPatching& model, const Interventions& held, uint32_t position,
                                  std::span<const uint32_t> tokens) {
  const Config& c = model.config();
  const Readout read = readout(model, position, tokens);
  const Matrix x = as_matrix(model.read("blocks.0.hook_resid_pre"), static_cast<uint32_t>(c.d_model));
  LogitAttribution found;
  found.not_by_path = why_not_by_path(c, held);
  found.parts.push_back({LogitSource::embedding, {}, through(row_of(x, position), read.directions)});
  if (found.not_by_path.empty())
    add_paths(found.parts, model, read, x, position);
  else
    add_wholes(found.parts, model, read, position);
  add_copies(found.parts, model, held, position, tokens);
  const Matrix logits = as_matrix(model.read("logits"), model.weights().W_U.columns);
  double mean = 0;
  for (const double logit : logits.row(position)) mean += logit / logits.columns;
  for (const uint32_t token : tokens) found.totals.push_back(logits(position, token) - mean);
  return found;
}

ComposedHead attribute_composition(PathPatching& model, HeadPlace from, HeadPlace to, uint32_t position, std::span<const uint32_t> tokens) {
  const Readout read = readout(model, position, tokens);
  const Matrix& W_O = model.weights().at(to).W_O;
  const auto added = [&](const std::vector<float>& z) {
    return through(product(z_row(z, model.config(), to.head, position), W_O), read.directions);
  };
  return {added(model.clean(to.layer).z), added(model.output_without_key(from, to.layer))};
}

}  // namespace induction
