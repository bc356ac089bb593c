#include "learning_coefficient.hpp"

#include <nlohmann/json.hpp>

#include "cores.hpp"
#include "machine.hpp"
#include "pool.hpp"
#include "recorder.hpp"
#include "refusal.hpp"
#include "text.hpp"

namespace induction {
namespace {

double real_number(const std::string& flag, const std::string& text, double least, double most) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  const bool plain = !text.empty() && text.size() < 40 && text.find_first_not_of("0123456789.eE+-") == std::string::npos;
  if (!plain || end != text.c_str() + text.size() || !(value >= least && value <= most))
    refuse(flag + " is " + in_quotes(text) + "; it must be a number from " + number_text(least) + " to " + number_text(most));
  return value;
}

LangevinSettings settings_of(const LlcFlags& flags) {
  LangevinSettings s;
  s.samples = static_cast<double>(whole_number("--llc-rows", flags.rows, 3, kMostSampleRows));  // ln n above 1
  s.rate = real_number("--llc-rate", flags.rate, 1e-9, 1);
  s.pull = real_number("--llc-pull", flags.pull, 0, 1e6);
  s.chains = static_cast<uint32_t>(whole_number("--llc-chains", flags.chains, 1, 64));
  s.burn_in = static_cast<uint32_t>(whole_number("--llc-burn-in", flags.burn_in, 0, 1000000));
  s.draws = static_cast<uint32_t>(whole_number("--llc-draws", flags.draws, 2, 1000000));
  s.seed = static_cast<uint32_t>(whole_number("--llc-seed", flags.seed, 0, 0xffffffff));
  return s;
}

std::string report_json(const LangevinSettings& s, const LangevinEstimate& found) {
  const nlohmann::ordered_json root = {
      {"format", "induction-playground learning coefficient 1"},
      {"local_learning_coefficient", found.coefficient},
      {"standard_error", s.chains > 1 ? nlohmann::ordered_json(found.standard_error) : nlohmann::ordered_json(nullptr)},
      {"chains", found.chains},
      {"first_half", found.first_half},
      {"second_half", found.second_half},
      {"loss", found.loss},
      {"settings",
       {{"rows", s.samples},
        {"beta", s.beta()},
        {"rate", s.rate},
        {"pull", s.pull},
        {"burn_in", s.burn_in},
        {"draws", s.draws},
        {"seed", s.seed}}}};
  return root.dump(2) + "\n";
}

}  // namespace

void add_llc_flags(CLI::App& app, LlcFlags& flags) {
  const auto add = [&](const char* name, std::string& value, const char* doc, const char* type) {
    app.add_option(name, value, doc)->type_name(type)->take_last();
  };
  add("--llc-rows", flags.rows, "Rows n of the loss that --llc samples at 1 / ln n (default 256)", "N");
  add("--llc-rate", flags.rate, "Step size of the Langevin chains (default 5e-4)", "X");
  add("--llc-pull", flags.pull, "Spring that holds the chains at the model (default 100)", "X");
  add("--llc-chains", flags.chains, "Chains, whose spread is the uncertainty (default 4)", "N");
  add("--llc-burn-in", flags.burn_in, "Steps of a chain before its first draw (default 200)", "N");
  add("--llc-draws", flags.draws, "Draws of a chain (default 200)", "N");
  add("--llc-seed", flags.seed, "Seed of the chains' noise (default 0)", "N");
}

LlcReport measure_llc(const Config& config, std::span<const float> parameters, const std::shared_ptr<const Corpus>& corpus,
                      const LlcFlags& flags) {
  const LangevinSettings s = settings_of(flags);
  check_memory(learning_coefficient_memory(config, static_cast<uint32_t>(s.samples)), "the loss of " + flags.rows + " rows",
               "give fewer (--llc-rows)");
  Pool pool(std::min(usable_cores(), kMaxChunks));
  const auto found = learning_coefficient(config, parameters, s, corpus, pool.parallel());
  if (!found) refuse("there is not enough memory for the loss of " + flags.rows + " rows; give fewer (--llc-rows)");
  if (!found->finite) refuse("the chains ran away: --llc-rate is " + in_quotes(flags.rate) + "; try a tenth of it");
  const std::string error = s.chains > 1 ? " ± " + fixed_text(found->standard_error, 2) : "";
  return {*found, report_json(s, *found), "local learning coefficient " + fixed_text(found->coefficient, 2) + error};
}

}  // namespace induction
