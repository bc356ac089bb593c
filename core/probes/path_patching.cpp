#include "path_patching.hpp"

#include <algorithm>
#include <cmath>

#include "../model.hpp"
#include "../rng.hpp"

namespace induction {
namespace {

std::string attn(uint32_t layer, const char* name) { return "blocks." + std::to_string(layer) + ".attn." + name; }

// The first tensor of these names that there is.
TensorId first_of(const Program& program, uint32_t layer, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const TensorId id = program.find(attn(layer, name)); id != kNoTensor) return id;
  return kNoTensor;
}

// In plain mode the first forward Step that names a place writes it: nothing reads what is not yet written.
size_t writer_of(const Program& program, TensorId id) {
  const uint32_t place = program.tensors[id].offset;
  const auto names = [&](const Step& step) {
    return std::find(std::begin(step.offset), std::end(step.offset), place) != std::end(step.offset);
  };
  return static_cast<size_t>(std::find_if(program.forward.begin(), program.forward.end(), names) - program.forward.begin());
}

// What a head adds to the stream at each position of all rows: z W_O, [rows · T, d_model].
Matrix written_by(const std::vector<float>& z, const HeadWeights& head, uint32_t index, uint32_t heads) {
  const uint32_t width = head.W_O.rows;
  Matrix own(static_cast<uint32_t>(z.size() / (heads * width)), width);
  for (uint32_t t = 0; t < own.rows; ++t)
    for (uint32_t e = 0; e < width; ++e) own(t, e) = z[(static_cast<size_t>(t) * heads + index) * width + e];
  return product(own, head.W_O);
}

// Another order and other signs of the coordinates, drawn for each row of the batch: lengths and angles between positions stay.
void scramble(Matrix& message, uint32_t rows, uint32_t seed) {
  const uint32_t length = message.rows / rows, width = message.columns;
  std::vector<double> moved(width);
  for (uint32_t b = 0; b < rows; ++b) {
    std::vector<uint32_t> order(width);
    for (uint32_t i = 0; i < width; ++i) order[i] = i;
    for (uint32_t i = width; i > 1; --i) std::swap(order[i - 1], order[uniform_below(seed, Stream::scramble, b, i, i)]);
    for (uint32_t t = b * length; t < (b + 1) * length; ++t) {
      for (uint32_t i = 0; i < width; ++i)
        moved[i] = (random2(seed, Stream::scramble, b, i).b & 1) != 0 ? message(t, order[i]) : -message(t, order[i]);
      std::copy(moved.begin(), moved.end(), message.values.begin() + static_cast<std::ptrdiff_t>(t) * width);
    }
  }
}

}  // namespace

PathPatching::PathPatching(const Config& config, const Interventions& held, const std::vector<std::vector<uint32_t>>& rows,
                           std::span<const float> parameters)
    : config_(config) {
  const auto batch = static_cast<uint32_t>(rows.size()), length = static_cast<uint32_t>(rows[0].size());
  program_ = std::make_unique<Program>(record_model(for_evaluation(config), {batch, length, length}, Mode::plain, {{}, false, held}));
  cpu_ = std::make_unique<Cpu<float>>(*program_);
  if (!ok()) return;
  std::copy(parameters.begin(), parameters.end(), cpu_->region(program_->parameter_region).begin());
  weights_ = read_weights<float>(config, *program_, std::span<const float>(cpu_->region(program_->parameter_region)));
  float *tokens = cpu_->data(program_->tokens), *targets = cpu_->data(program_->targets);
  for (const std::vector<uint32_t>& row : rows) tokens = std::copy(row.begin(), row.end(), tokens);
  std::fill_n(targets, static_cast<size_t>(batch) * length, -1.0f);
  cpu_->run(false);
  for (uint32_t l = 0; l < config.n_layers; ++l) {
    const Places at = places(l);
    clean_.push_back({cpu_->read(at.pattern), cpu_->read(at.z), cpu_->read(at.q), cpu_->read(at.k)});
    streams_.push_back(cpu_->read(at.stream));
  }
}

PathPatching::Places PathPatching::places(uint32_t layer) const {
  const Program& p = *program_;
  Places at{};
  at.stream = p.find(layer == 0 ? "blocks.0.hook_resid_pre" : "blocks." + std::to_string(layer - 1) + ".hook_resid_post");
  at.q = first_of(p, layer, {"hook_rot_q", "hook_q"});
  at.k = first_of(p, layer, {"hook_rot_k", "hook_smeared_k", "hook_k"});
  at.v = first_of(p, layer, {"hook_v"});
  at.pattern = first_of(p, layer, {"hook_pattern"}), at.z = first_of(p, layer, {"hook_z"});
  at.projections = writer_of(p, at.stream) + 1;
  at.scores = writer_of(p, first_of(p, layer, {"hook_attn_scores"})) - 1;  // the products, of which the masked scores are made
  at.outputs = writer_of(p, at.z);
  at.end = writer_of(p, p.find("blocks." + std::to_string(layer) + ".hook_attn_out"));
  return at;
}

void PathPatching::run(size_t from, size_t to) {
  for (size_t i = from; i < to; ++i) cpu_->run_alone(program_->forward[i], true, Hyper{});
}

// The layer's stream without the message, and its q, k and v from that.
void PathPatching::take_out(HeadPlace from, uint32_t layer, Message message) {
  Matrix written = written_by(clean_[from.layer].z, weights_.at(from), from.head, static_cast<uint32_t>(config_.n_heads));
  if (message == Message::scrambled) scramble(written, rows(), from.layer * static_cast<uint32_t>(config_.n_heads) + from.head);
  std::vector<float> stream = streams_[layer];
  for (size_t i = 0; i < stream.size(); ++i) stream[i] -= static_cast<float>(written.values[i]);
  const Places at = places(layer);
  cpu_->write(at.stream, stream);
  run(at.projections, at.scores);
}

// Later layers read the outputs of this one where a path is held; they must find the clean ones.
void PathPatching::restore(uint32_t layer) {
  const Places at = places(layer);
  cpu_->write(at.stream, streams_[layer]);
  cpu_->write(at.pattern, clean_[layer].pattern);
  cpu_->write(at.z, clean_[layer].z);
}

PathPatching::Without PathPatching::without(HeadPlace from, uint32_t layer, Message message) {
  const Places at = places(layer);
  take_out(from, layer, message);
  const std::vector<float> k_without = cpu_->read(at.k);
  Without found;
  cpu_->write(at.k, clean_[layer].k);
  run(at.scores, at.outputs);
  found.q = cpu_->read(at.pattern);
  cpu_->write(at.q, clean_[layer].q), cpu_->write(at.k, k_without);
  run(at.scores, at.outputs);
  found.k = cpu_->read(at.pattern);
  cpu_->write(at.pattern, clean_[layer].pattern);
  run(at.outputs, at.end);
  found.v = cpu_->read(at.z);
  restore(layer);
  return found;
}

std::vector<float> PathPatching::output_without_key(HeadPlace from, uint32_t layer) {
  const Places at = places(layer);
  take_out(from, layer, Message::own);
  const std::vector<float> k_without = cpu_->read(at.k);
  restore(layer);
  run(at.projections, at.scores);
  cpu_->write(at.k, k_without);
  run(at.scores, at.end);
  std::vector<float> z = cpu_->read(at.z);
  restore(layer);
  return z;
}

namespace {

// ‖a − b‖ / (‖a‖ + ‖b‖) of n numbers; 0 for two zeros.
double change(const float* a, const float* b, size_t n, bool squares) {
  double apart = 0, first = 0, second = 0;
  const auto size = [&](double x) { return squares ? x * x : std::abs(x); };
  for (size_t i = 0; i < n; ++i) apart += size(double{a[i]} - b[i]), first += size(a[i]), second += size(b[i]);
  const auto root = [&](double x) { return squares ? std::sqrt(x) : x; };
  const double both = root(first) + root(second);
  return both > 0 ? root(apart) / both : 0.0;
}

struct Sizes {
  size_t rows, length, heads, width;
};

// Means over rows and queries but the first, which can only look at itself.
double pattern_change(const Sizes& s, const std::vector<float>& a, const std::vector<float>& b, size_t head) {
  double sum = 0;
  for (size_t r = 0; r < s.rows; ++r)
    for (size_t t = 1; t < s.length; ++t) {
      const size_t at = ((r * s.heads + head) * s.length + t) * s.length;
      sum += change(a.data() + at, b.data() + at, s.length, false);
    }
  return sum / static_cast<double>(s.rows * (s.length - 1));
}

double output_change(const Sizes& s, const std::vector<float>& a, const std::vector<float>& b, size_t head) {
  double sum = 0;
  for (size_t r = 0; r < s.rows; ++r)
    for (size_t t = 1; t < s.length; ++t) {
      const size_t at = ((r * s.length + t) * s.heads + head) * s.width;
      sum += change(a.data() + at, b.data() + at, s.width, true);
    }
  return sum / static_cast<double>(s.rows * (s.length - 1));
}

}  // namespace

uint32_t path_effect_rows(const Config& c) {
  constexpr double kRows = 2;    // some sixty queries, which tell 0.3 from 0.1
  constexpr double kMost = 1e8;  // multiplications: about a tenth of a second in WebAssembly
  const double T = static_cast<double>(c.n_ctx), d = static_cast<double>(c.d_model);
  const auto heads = static_cast<double>(c.n_heads), layers = static_cast<double>(c.n_layers);
  const double inner = heads * static_cast<double>(head_width(c));
  const double one = 2 * heads * layers * (layers - 1) / 2 * (2 * 3 * T * d * inner + 3 * T * T * inner);
  return one > 0 ? static_cast<uint32_t>(std::min(kRows, kMost / one)) : 1;
}

std::vector<PathEffect> path_effects(PathPatching& model) {
  std::vector<PathEffect> list;
  const auto layers = static_cast<uint32_t>(model.config().n_layers), heads = static_cast<uint32_t>(model.config().n_heads);
  const Sizes sizes{model.rows(), model.length(), heads, model.clean(0).z.size() / (size_t{model.rows()} * model.length() * heads)};
  for (uint32_t to = 1; to < layers; ++to)
    for (uint32_t from = 0; from < to * heads; ++from) {
      const HeadPlace place{from / heads, from % heads};
      const PathPatching::Without own = model.without(place, to), scrambled = model.without(place, to, Message::scrambled);
      const std::vector<float>&pattern = model.clean(to).pattern, &z = model.clean(to).z;
      for (uint32_t h = 0; h < heads; ++h)
        list.push_back({place,
                        {to, h},
                        pattern_change(sizes, pattern, own.q, h),
                        pattern_change(sizes, pattern, own.k, h),
                        output_change(sizes, z, own.v, h),
                        pattern_change(sizes, pattern, scrambled.q, h),
                        pattern_change(sizes, pattern, scrambled.k, h),
                        output_change(sizes, z, scrambled.v, h)});
    }
  return list;
}

}  // namespace induction
