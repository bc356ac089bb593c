#pragma once
// What a person sees while a run goes on, on standard error: a bar on a terminal, plain aligned lines elsewhere.

#include <chrono>
#include <string>

#include "run.hpp"
#include "sparkline.hpp"

namespace induction {

/// What the probes found so far, one entry each.
struct Curves {
  std::vector<double> loss, previous_token, induction;
};

struct Status {
  uint64_t step = 0, steps = 0;
  double steps_per_second = 0, seconds_left = 0;
  double loss = 0;                           // training loss of the last step, nats
  double loss_rep = 0;                       // of the last probe, nats
  double previous_token = 0, induction = 0;  // best scores of the last probe
  const Curves* curves = nullptr;
};

/// Words beside a bar, with a sparkline of any colour or none; the field of the lowest rank stays longest when there is little room.
struct BarField {
  std::string text;
  int rank;
  std::string spark = {};
};
/// A bar that is done to `part` (0 to 1), and as many fields as fit into `width` columns.
std::string bar_text(double part, const std::vector<BarField>& fields, size_t width);
/// The bar of one run: the most telling fields first, with sparklines where there is room.
std::string bar_text(const Status& status, size_t width, const TerminalStyle& style);
/// One probe, for a log: the same columns each time.
std::string probe_text(const ProbeRecord& record, double steps_per_second);
/// "step 325: head 1.2 became an induction head (score 0.81, confidence 0.93)" for each onset at this very step.
std::vector<std::string> onset_texts(const ProbeRecord& record);
/// The best score of all heads; NaN when no head has one.
double best_score(const ProbeRecord& record, double PatternScores::*score);

/// 0:07, 12:30, 3:05:00
std::string time_text(double seconds);

class Progress {
 public:
  Progress();
  ~Progress() { clear(); }
  bool on_terminal() const { return terminal_; }
  /// Is it time to draw again? At most ten times a second, and never where there is no terminal.
  bool due() const;
  void draw(const Status& status) { draw(bar_text(status, width(), style_)); }
  /// The same of any line of at most width() columns.
  void draw(const std::string& line);
  size_t width() const;
  /// A line that stays.
  void say(const std::string& line);
  void clear();

 private:
  bool terminal_, drawn_ = false;
  TerminalStyle style_ = terminal_style();
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace induction
