#pragma once
// A run from its start to its result: probed as `induction train` probes, ended by its Course, a rule or its numbers. Sweeps,
// experiments and the page's own experiments are made of these.

#include <memory>
#include <optional>
#include <string>

#include "run.hpp"
#include "stop_rules.hpp"

namespace induction {

/// How a run ended: at its `steps`, early by the rule after-onset, or because the numbers ran away.
enum class Ending : uint8_t { finished, stopped, diverged };
const char* ending_name(Ending ending);

class MeasuredRun {
 public:
  /// The Run stands at step 0 and belongs to this one until its end.
  MeasuredRun(Run& run, const StopRules& stop);
  /// One step, and what is to be measured then. false, and nothing is done: the run is over.
  bool advance();
  /// The last step that is known of: a rule may bring it nearer.
  uint64_t end() const { return end_; }
  Ending ending() const { return ending_; }
  /// Has some head been an induction head?
  bool onset() const { return record_ && record_->onset.induction; }
  /// Of a run that is over, as one line of JSON: {"status", "stop", "config", "signature", "steps", "onset", "t50", "final", "unseen",
  /// "held_out", "strategies", "heads", "message"}, and where there is something to say "nearest", "phase", "amplification", "without";
  /// docs/sweeps.md.
  std::string result();

 private:
  // What is told of each planned phase, where there are several. Steps count from its beginning.
  struct PhaseNotes {
    uint64_t at = 0, steps = 0;
    Losses before, after;  // on its own held-out rows
    std::optional<uint64_t> half_right, previous_token, induction;
    std::unique_ptr<Prober> prober;
  };
  // First probed steps at which each strategy was the nearest one.
  struct Nearest {
    std::optional<uint64_t> uniform, unigram, bigram;
  };

  bool on_schedule() const { return run_.step() % static_cast<uint64_t>(run_.config().probe_every) == 0; }
  std::span<const float> parameters();
  void measure();
  void probe();
  void note();
  void note_nearest(const StrategyDistances& distances);
  bool phase_begins() const;
  void begin_phase();
  void end_phase();
  void finish();
  std::string phases_json() const;
  std::string amplification_json(const Interventions& held);
  std::string without_json();
  std::string ablated_json(const Interventions& ablated);

  Run& run_;
  const StopRules stop_;
  uint64_t end_;
  double first_loss_ = 0;
  bool over_ = false;
  Ending ending_ = Ending::finished;
  std::string message_;
  std::optional<ProbeRecord> record_;
  std::optional<uint64_t> half_right_;
  std::optional<Nearest> nearest_;
  std::vector<PhaseNotes> phases_;
};

}  // namespace induction
