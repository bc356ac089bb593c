#include "patching.hpp"

#include <algorithm>

#include "../model.hpp"

namespace induction {
namespace {

constexpr uint32_t kTogetherRows = 30;  // patched rows of one run, beside the clean and the corrupted one

std::string row_problem(const Config& c, const std::vector<int32_t>& row, const char* name) {
  for (size_t t = 0; t < row.size(); ++t)
    if (row[t] < 0 || row[t] >= token_count(c))
      return "token " + std::to_string(row[t]) + " at position " + std::to_string(t) + " of the " + name +
             " prompt is not in the vocabulary; tokens are 0 to " + std::to_string(token_count(c) - 1);
  return {};
}

uint32_t likeliest(const float* logits, size_t width) { return static_cast<uint32_t>(std::max_element(logits, logits + width) - logits); }

// The pair in a plain-mode Program: row 0 clean, all others corrupted.
class Patcher {
 public:
  Patcher(const Config& config, const PatchPair& pair, const Interventions& held)
      : length_(static_cast<uint32_t>(pair.clean.size())),
        program_(
            record_model(for_evaluation(config), {2 + std::min(length_, kTogetherRows), length_, length_}, Mode::plain, {{}, false, held})),
        cpu_(program_) {}
  bool ok() const { return cpu_.ok(); }

  void load(std::span<const float> parameters, const PatchPair& pair) {
    std::copy(parameters.begin(), parameters.end(), cpu_.region(program_.parameter_region).begin());
    for (uint32_t b = 0; b < program_.batch; ++b)
      for (uint32_t t = 0; t < length_; ++t) {
        cpu_.data(program_.tokens)[b * length_ + t] = static_cast<float>((b == 0 ? pair.clean : pair.corrupted)[t]);
        cpu_.data(program_.targets)[b * length_ + t] = -1;
      }
    cpu_.run(false);
  }
  const float* logits(uint32_t row, uint32_t position) {
    return cpu_.data(program_.logits) + (static_cast<size_t>(row) * length_ + position) * width();
  }
  size_t width() const { return program_.tensors[program_.logits].shape[2]; }

  // The ratio for each position of a part of `tensor`: per position `stride` floats, of which `width` from `first` on are patched.
  struct Part {
    TensorId tensor;
    size_t stride, first, width;
  };
  std::vector<double> ratios(const Part& part, const PatchReport& read) {
    std::vector<double> list;
    for (uint32_t start = 0; start < length_; start += kTogetherRows) {
      const uint32_t count = std::min(kTogetherRows, length_ - start);
      const Edit<float> edit{part.tensor, [&](std::vector<float>& values) {
                               for (uint32_t i = 0; i < count; ++i) {
                                 const size_t at = (start + i) * part.stride + part.first;
                                 const auto from = values.begin() + static_cast<std::ptrdiff_t>(at);
                                 std::copy_n(from, part.width, from + static_cast<std::ptrdiff_t>((2 + i) * length_ * part.stride));
                               }
                             }};
      run_edited<float>(cpu_, {&edit, 1});
      for (uint32_t i = 0; i < count; ++i) list.push_back((difference(2 + i, read) - read.corrupted) / (read.clean - read.corrupted));
    }
    return list;
  }
  double difference(uint32_t row, const PatchReport& read) {
    const float* at = logits(row, read.read_position);
    return static_cast<double>(at[read.right]) - static_cast<double>(at[read.wrong]);
  }
  const Program& program() const { return program_; }

 private:
  uint32_t length_;
  Program program_;
  Cpu<float> cpu_;
};

void measure_heads(Patcher& patcher, PatchReport& report, uint32_t layer) {
  const TensorId z = patcher.program().find("blocks." + std::to_string(layer) + ".attn.hook_z");
  const Tensor& tensor = patcher.program().tensors[z];
  const size_t heads = tensor.shape[2], width = tensor.shape[3];
  report.head.emplace_back();
  for (size_t h = 0; h < heads; ++h) report.head.back().push_back(patcher.ratios({z, heads * width, h * width, width}, report));
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

std::optional<Measured<PatchReport>> measure_patches(const Config& c, std::span<const float> parameters, const PatchPair& pair,
                                                     const Interventions& held) {
  using Result = Measured<PatchReport>;
  Patcher patcher(c, pair, held);
  if (!patcher.ok()) return std::nullopt;
  patcher.load(parameters, pair);
  PatchReport report;
  report.read_position = pair.read_position.value_or(static_cast<uint32_t>(pair.clean.size()) - 1);
  report.right = pair.right.value_or(likeliest(patcher.logits(0, report.read_position), patcher.width()));
  report.wrong = pair.wrong.value_or(likeliest(patcher.logits(1, report.read_position), patcher.width()));
  report.clean = patcher.difference(0, report), report.corrupted = patcher.difference(1, report);
  if (report.right == report.wrong)
    return Result::not_defined("the right and the wrong answer are both token " + std::to_string(report.right));
  if (report.clean == report.corrupted) return Result::not_defined("the clean and the corrupted prompt have the same logit difference");
  const auto d = static_cast<size_t>(c.d_model);
  report.resid.push_back(patcher.ratios({patcher.program().find("blocks.0.hook_resid_pre"), d, 0, d}, report));
  for (uint32_t l = 0; l < static_cast<uint32_t>(c.n_layers); ++l) {
    measure_heads(patcher, report, l);
    const TensorId after = patcher.program().find("blocks." + std::to_string(l) + ".hook_resid_post");
    report.resid.push_back(patcher.ratios({after, d, 0, d}, report));
  }
  return Result::of(std::move(report));
}

}  // namespace induction
