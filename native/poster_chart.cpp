#include "poster_chart.hpp"

#include <algorithm>
#include <cmath>

#include "formatted.hpp"

namespace induction {
namespace {

// A tick every 1, 2 or 5 times a power of ten, five at most.
double tick_of(double most) {
  double tick = std::pow(10, std::floor(std::log10(most / 5)));
  for (const double factor : {2.0, 2.5, 2.0})
    if (most / tick > 5) tick *= factor;
  return tick;
}

struct Axes {
  ChartBox box;
  double steps, nats;
  double x(double step) const { return box.x + 34 + (box.width - 34 - 92) * step / steps; }
  double y(double loss) const { return box.y + box.height * (1 - loss / nats); }
};

std::string ticks(const Axes& axes) {
  std::string text;
  for (double loss = 0, tick = tick_of(axes.nats); loss <= axes.nats; loss += tick) {
    text += formatted("<path class=\"r\" d=\"M%.1f %.1fH%.1f\"/>", axes.x(0), axes.y(loss), axes.x(axes.steps));
    text += formatted("<text class=\"g e\" x=\"%.1f\" y=\"%.1f\">%g</text>", axes.x(0) - 8, axes.y(loss) + 4, loss);
  }
  for (double step = 0, tick = tick_of(axes.steps); step <= axes.steps; step += tick)
    text += formatted("<text class=\"g m\" x=\"%.1f\" y=\"%.1f\">%.0f</text>", axes.x(step), axes.box.y + axes.box.height + 18, step);
  return text + formatted("<text class=\"g\" x=\"%.1f\" y=\"%.1f\">nats</text><text class=\"g e\" x=\"%.1f\" y=\"%.1f\">steps</text>",
                          axes.box.x, axes.y(axes.nats) - 8, axes.box.x + axes.box.width, axes.box.y + axes.box.height + 18);
}

struct LossLine {
  const char *words, *colour;
  double Losses::*loss;
};

// Nothing for a loss that the task has not.
std::string line_svg(const Recording& recording, const Axes& axes, const LossLine& line) {
  std::string path;
  double last = NAN;
  for (const ProbeRecord& record : recording.records) {
    const double loss = record.seen.*line.loss;
    if (!std::isfinite(loss)) continue;
    path += formatted("%s%.1f %.1f", path.empty() ? "M" : "L", axes.x(static_cast<double>(record.step)), axes.y(std::min(loss, axes.nats)));
    last = loss;
  }
  if (path.empty()) return "";
  return formatted("<path class=\"c\" stroke=\"var(--%s)\" d=\"", line.colour) + path + "\"/>" +
         formatted("<text x=\"%.1f\" y=\"%.1f\" style=\"fill:var(--%s)\">%s</text>", axes.x(axes.steps) + 8,
                   axes.y(std::min(last, axes.nats)) + 4, line.colour, line.words);
}

std::string marks(const Recording& recording, const Axes& axes) {
  std::string text;
  double y = axes.box.y + 0.42 * axes.box.height;  // where the repeated tokens' loss has come down
  for (const RecordedOnset& onset : onsets_of(recording)) {
    const double x = axes.x(static_cast<double>(onset.step));
    // On the side where there is room.
    const bool left = x > axes.box.x + 0.6 * axes.box.width;
    text += formatted("<path stroke=\"var(--grey)\" stroke-dasharray=\"3 3\" d=\"M%.1f %.1fV%.1f\"/>", x, axes.box.y, axes.y(0));
    text += formatted("<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%u.%u %s</text>", left ? "e" : "", x + (left ? -6 : 6), y, onset.layer,
                      onset.head, role_name(onset.role));
    y += 18;
  }
  return text;
}

}  // namespace

std::vector<RecordedOnset> onsets_of(const Recording& recording) {
  std::vector<RecordedOnset> onsets;
  const auto note = [&](Role role, const ProbeRecord& record, const std::optional<uint64_t>& step) {
    if (step != record.step) return;
    const HeadRecord* surest = nullptr;
    for (const HeadRecord& head : record.heads)
      if (head.verdict.role == role && (!surest || head.verdict.confidence > surest->verdict.confidence)) surest = &head;
    if (surest) onsets.push_back({role, record.step, surest->layer, surest->head});
  };
  for (const ProbeRecord& record : recording.records) {
    note(Role::previous_token, record, record.onset.previous_token);
    note(Role::induction, record, record.onset.induction);
  }
  return onsets;
}

std::string loss_chart(const Recording& recording, const ChartBox& box) {
  Axes axes{box, 1, 0.1};
  bool split = false;
  for (const ProbeRecord& record : recording.records) {
    axes.steps = std::max(axes.steps, static_cast<double>(record.step));
    split |= std::isfinite(record.seen.loss_rep) && std::isfinite(record.seen.loss_new);
    for (const double loss : {record.seen.loss, record.seen.loss_new, record.seen.loss_rep})
      if (std::isfinite(loss)) axes.nats = std::max(axes.nats, 1.06 * loss);
  }
  std::string text = ticks(axes) + marks(recording, axes);
  if (!split) return text + line_svg(recording, axes, {"loss", "h0", &Losses::loss});
  return text + line_svg(recording, axes, {"first time", "grey", &Losses::loss_new}) +
         line_svg(recording, axes, {"repeated", "h0", &Losses::loss_rep});
}

}  // namespace induction
