#include "patching.hpp"

#include <algorithm>

#include "../model.hpp"

namespace induction {
namespace {

constexpr uint32_t kRows = 32;  // of one run; the first of each gradient chunk is the clean prompt, the others are patched

std::string row_problem(const Config& c, const std::vector<int32_t>& row, const char* name) {
  for (size_t t = 0; t < row.size(); ++t)
    if (row[t] < 0 || row[t] >= token_count(c))
      return "token " + std::to_string(row[t]) + " at position " + std::to_string(t) + " of the " + name +
             " prompt is not in the vocabulary; tokens are 0 to " + std::to_string(token_count(c) - 1);
  return {};
}

uint32_t likeliest(const float* logits, size_t width) { return static_cast<uint32_t>(std::max_element(logits, logits + width) - logits); }

// Every place at every position, in the order of their numbers.
std::vector<PatchRun::Where> everywhere(const Config& c, uint32_t length) {
  std::vector<PatchRun::Where> list;
  const auto places = static_cast<int32_t>(c.n_layers * c.n_heads + c.n_layers + 1);
  for (int32_t place = 0; place < places; ++place)
    for (uint32_t t = 0; t < length; ++t) list.push_back({place, t});
  return list;
}

// The list of ratios as the report has it.
void arrange(std::span<const double> ratios, const Config& c, uint32_t length, PatchReport& report) {
  auto next = [&, at = ratios.begin()]() mutable {
    std::vector<double> row(at, at + length);
    at += length;
    return row;
  };
  report.head.resize(static_cast<size_t>(c.n_layers));
  for (auto& layer : report.head)
    for (int64_t h = 0; h < c.n_heads; ++h) layer.push_back(next());
  for (int64_t l = 0; l <= c.n_layers; ++l) report.resid.push_back(next());
}

}  // namespace

std::string patch_problem(const Config& c, const PatchPair& pair) {
  const size_t length = pair.clean.size();
  if (length < 2 || length > static_cast<size_t>(c.n_ctx))
    return "the clean prompt has " + std::to_string(length) + " tokens; it must have 2 to " + std::to_string(c.n_ctx) + " (n_ctx)";
  if (pair.corrupted.size() != length)
    return "the corrupted prompt has " + std::to_string(pair.corrupted.size()) + " tokens and the clean one " + std::to_string(length) +
           "; both must be equally long";
  for (const auto& [row, name] : {std::pair(&pair.clean, "clean"), {&pair.corrupted, "corrupted"}})
    if (std::string wrong = row_problem(c, *row, name); !wrong.empty()) return wrong;
  if (pair.read_position && *pair.read_position >= length)
    return "the position to read is " + std::to_string(*pair.read_position) + "; it must be 0 to " + std::to_string(length - 1);
  for (const auto& [token, name] : {std::pair(pair.right, "right"), {pair.wrong, "wrong"}})
    if (token && *token >= static_cast<uint32_t>(token_count(c)))
      return std::string("the ") + name + " token is " + std::to_string(*token) + "; it must be 0 to " + std::to_string(token_count(c) - 1);
  return {};
}

PatchRun::PatchRun(const Config& config, PatchPair pair, const Interventions& held)
    : config_(config),
      pair_(std::move(pair)),
      program_(record_model(for_evaluation(config_), {kRows, length(), length()}, Mode::training, {{}, false, held, true})),
      cpu_(program_) {}

bool PatchRun::is_clean(uint32_t row) const { return row % program_.chunk_sequences == 0; }

void PatchRun::load(std::span<const float> parameters) {
  std::copy(parameters.begin(), parameters.end(), cpu_.region(program_.parameter_region).begin());
  std::fill_n(cpu_.data(program_.targets), kRows * length(), -1.0f);  // the loss is not asked for
  for (uint32_t b = 0; b < kRows; ++b)
    std::copy_n((is_clean(b) ? pair_.clean : pair_.corrupted).begin(), length(), cpu_.data(program_.tokens) + b * length());
}

// Runs as many of `list` as there are rows for, and then the rest; hands out each one's logits at `position`.
template <class Take>
void PatchRun::run(std::span<const Where> list, uint32_t position, Take take) {
  const size_t width = program_.tensors[program_.logits].shape[2];
  for (size_t next = 0; next < list.size();) {
    size_t at = next;
    for (uint32_t b = 0; b < kRows; ++b) {
      const Where where = is_clean(b) || at == list.size() ? Where{-1, 0} : list[at++];
      cpu_.data(program_.patched)[2 * b] = static_cast<float>(where.place);
      cpu_.data(program_.patched)[2 * b + 1] = static_cast<float>(where.position);
    }
    cpu_.run(false);
    for (uint32_t b = 0; b < kRows && next < at; ++b)
      if (!is_clean(b)) take(cpu_.data(program_.logits) + (b * length() + position) * width), ++next;
  }
}

Measured<PatchReport> PatchRun::measure(std::span<const float> parameters) {
  using Result = Measured<PatchReport>;
  load(parameters);
  PatchReport report;
  report.read_position = pair_.read_position.value_or(length() - 1);
  const size_t width = program_.tensors[program_.logits].shape[2];
  const auto difference = [&](const float* logits) {
    return static_cast<double>(logits[report.right]) - static_cast<double>(logits[report.wrong]);
  };
  const Where nothing{-1, 0};
  run({&nothing, 1}, report.read_position, [&](const float* corrupted) {
    const float* clean = cpu_.data(program_.logits) + report.read_position * width;
    report.right = pair_.right.value_or(likeliest(clean, width)), report.wrong = pair_.wrong.value_or(likeliest(corrupted, width));
    report.clean = difference(clean), report.corrupted = difference(corrupted);
  });
  if (report.right == report.wrong)
    return Result::not_defined("the right and the wrong answer are both token " + std::to_string(report.right));
  if (report.clean == report.corrupted) return Result::not_defined("the clean and the corrupted prompt have the same logit difference");
  std::vector<double> ratios;
  run(everywhere(config_, length()), report.read_position,
      [&](const float* logits) { ratios.push_back((difference(logits) - report.corrupted) / (report.clean - report.corrupted)); });
  arrange(ratios, config_, length(), report);
  return Result::of(std::move(report));
}

std::optional<Measured<PatchReport>> measure_patches(const Config& c, std::span<const float> parameters, const PatchPair& pair,
                                                     const Interventions& held) {
  PatchRun run(c, pair, held);
  if (!run.ok()) return std::nullopt;
  return run.measure(parameters);
}

}  // namespace induction
