#include "poster.hpp"

#include <algorithm>
#include <cmath>

#include "formatted.hpp"
#include "poster_chart.hpp"
#include "refusal.hpp"

namespace induction {
namespace {

using Rgb = std::array<int, 3>;

constexpr double kWidth = 760, kMargin = 24, kGap = 16;
constexpr double kLargestMap = 166;
constexpr uint32_t kColumns = 8;
constexpr size_t kMostCells = 64;  // of a map's side: of longer rows blocks are shown by their largest share
constexpr int kLevels = 12;

// The page's colours (web/src/charts/palette.ts, web/src/styles/base.css); tests/cli/record.test.mjs compares them.
struct Scheme {
  Rgb paper;
  const char *ink, *grey, *hairline;
  std::array<const char*, 8> heads;
  std::array<Rgb, 6> ramp;
};
constexpr Scheme kLight = {{253, 252, 250},
                           "#1c1c1e",
                           "#5b5f66",
                           "#dcd9d2",
                           {"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b3a100", "#4d4d4d"},
                           {{{205, 228, 170}, {112, 196, 120}, {38, 148, 140}, {49, 104, 142}, {62, 58, 125}, {52, 12, 72}}}};
constexpr Scheme kDark = {{21, 23, 27},
                          "#e9e6e0",
                          "#a2a6ad",
                          "#33373e",
                          {"#3d9bd8", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#c8c8c8"},
                          {{{52, 44, 92}, {58, 82, 139}, {33, 145, 140}, {84, 197, 104}, {180, 222, 60}, {253, 238, 110}}}};

// Level `level` of the ramp from paper to the last colour.
Rgb colour_of(const Scheme& scheme, int level) {
  const double at = 6.0 * level / (kLevels - 1);
  const int i = std::min(static_cast<int>(at), 5);
  const Rgb& from = i == 0 ? scheme.paper : scheme.ramp[static_cast<size_t>(i - 1)];
  const Rgb& to = scheme.ramp[static_cast<size_t>(i)];
  Rgb mixed;
  for (size_t c = 0; c < 3; ++c) mixed[c] = static_cast<int>(std::lround(from[c] + (at - i) * (to[c] - from[c])));
  return mixed;
}

std::string colours(const Scheme& scheme) {
  std::string css = formatted("svg{--paper:rgb(%d,%d,%d);--ink:%s;--grey:%s;--line:%s", scheme.paper[0], scheme.paper[1], scheme.paper[2],
                              scheme.ink, scheme.grey, scheme.hairline);
  for (size_t i = 0; i < scheme.heads.size(); ++i) css += formatted(";--h%zu:%s", i, scheme.heads[i]);
  for (int level = 1; level < kLevels; ++level) {
    const Rgb c = colour_of(scheme, level);
    css += formatted(";--a%d:rgb(%d,%d,%d)", level, c[0], c[1], c[2]);
  }
  return css + "}";
}

std::string style(Theme theme) {
  std::string css = "<style>" + colours(theme == Theme::dark ? kDark : kLight);
  if (theme == Theme::automatic) css += "@media (prefers-color-scheme:dark){" + colours(kDark) + "}";
  css +=
      "text{font:13px system-ui,sans-serif;fill:var(--ink);font-variant-numeric:tabular-nums}.g{fill:var(--grey)}"
      ".t{font-size:19px}.m{text-anchor:middle}.e{text-anchor:end}.r{fill:none;stroke:var(--line)}.c{fill:none;stroke-width:2}";
  for (int level = 1; level < kLevels; ++level) css += formatted(".a%d{fill:var(--a%d)}", level, level);
  return css + "</style>";
}

// Shares as levels, [side, side]; longer rows in blocks.
std::vector<int> levels_of(const float* pattern, size_t length, size_t side) {
  std::vector<int> levels(side * side, 0);
  for (size_t q = 0; q < length; ++q)
    for (size_t k = 0; k < length; ++k) {
      int& level = levels[q * side / length * side + k * side / length];
      level = std::max(level, static_cast<int>(std::lround((kLevels - 1) * std::clamp(pattern[q * length + k], 0.0f, 1.0f))));
    }
  return levels;
}

// One path per level, of runs along the rows.
std::string map_svg(const float* pattern, size_t length) {
  const size_t side = std::min(length, kMostCells);
  const std::vector<int> levels = levels_of(pattern, length, side);
  std::array<std::string, kLevels> paths;
  for (size_t q = 0; q < side; ++q)
    for (size_t k = 0, next = 0; k < side; k = next) {
      const int level = levels[q * side + k];
      for (next = k + 1; next < side && levels[q * side + next] == level; ++next) continue;
      paths[static_cast<size_t>(level)] += formatted("M%zu %zuh%zuv1h-%zuz", k, q, next - k, next - k);
    }
  std::string text;
  for (size_t level = 1; level < paths.size(); ++level)
    if (!paths[level].empty()) text += formatted("<path class=\"a%zu\" d=\"", level) + paths[level] + "\"/>";
  return text;
}

// As on the page: the score that goes with the role.
double score_of(const HeadRecord& head) {
  const PatternScores& s = head.scores;
  switch (head.verdict.role) {
    case Role::previous_token: return s.previous_token;
    case Role::induction: return s.induction;
    case Role::duplicate_token: return s.duplicate_token;
    case Role::first_token: return s.first_token;
    case Role::none: return std::isfinite(s.induction) ? std::max(s.previous_token, s.induction) : s.previous_token;
  }
  return s.previous_token;
}

struct Box {
  double x, y, size;
};

std::string head_svg(const Poster& poster, size_t index, const Box& box) {
  const HeadRecord& head = poster.end.heads[index];
  const size_t length = poster.recording.tokens.size();
  const double scale = box.size / static_cast<double>(std::min(length, kMostCells));
  const bool none = head.verdict.role == Role::none;
  std::string text = formatted("<g transform=\"translate(%.1f %.1f) scale(%.4f)\" shape-rendering=\"crispEdges\">", box.x, box.y, scale) +
                     map_svg(poster.pattern.data() + index * length * length, length) + "</g>";
  text += formatted("<rect class=\"r\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>", box.x, box.y, box.size, box.size);
  text +=
      formatted("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"4\" fill=\"var(--line)\"/>", box.x, box.y + box.size + 6, box.size);
  text += formatted("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"4\" fill=\"var(--h%zu)\"/>", box.x, box.y + box.size + 6,
                    box.size * std::clamp(score_of(head), 0.0, 1.0), index % 8);
  text += formatted("<text x=\"%.1f\" y=\"%.1f\"%s><tspan font-weight=\"600\">%u.%u</tspan>", box.x, box.y + box.size + 26,
                    none ? " class=\"g\"" : "", head.layer, head.head);
  if (box.size >= 120 && !none) text += formatted(" %s", role_name(head.verdict.role));
  return text + formatted("</text><text class=\"e%s\" x=\"%.1f\" y=\"%.1f\">%.2f</text>", none ? " g" : "", box.x + box.size,
                          box.y + box.size + 26, score_of(head));
}

std::string sentence(const Poster& poster) {
  std::string text = poster.recording.preset.empty() ? "Seed " : "Preset " + poster.recording.preset + ", seed ";
  text += std::to_string(poster.recording.course.phases[0].config.seed);
  const std::vector<RecordedOnset> onsets = onsets_of(poster.recording);
  for (const RecordedOnset& onset : onsets)
    text += formatted("%s %s head %u.%u from step %llu", &onset == onsets.data() ? ":" : ",",
                      onset.role == Role::induction ? "induction" : "previous-token", onset.layer, onset.head,
                      static_cast<unsigned long long>(onset.step));
  return text + (onsets.empty() ? ": no head became an induction head." : ".");
}

}  // namespace

Theme theme_of(const std::string& word) {
  if (word == "auto") return Theme::automatic;
  if (word == "light") return Theme::light;
  if (word == "dark") return Theme::dark;
  refuse("--theme is " + in_quotes(word) + "; it must be auto, light or dark");
}

std::string poster_svg(const Poster& poster) {
  const Config& config = poster.recording.course.phases[0].config;
  const auto layers = static_cast<uint32_t>(config.n_layers), heads = static_cast<uint32_t>(config.n_heads);
  const uint32_t columns = std::min(heads, kColumns), rows = (heads + columns - 1) / columns;
  const double size = std::min(kLargestMap, (kWidth - 2 * kMargin - kGap * (columns - 1)) / columns);
  double y = 92;
  std::string maps;
  for (uint32_t layer = layers; layer-- > 0; y += 22)
    for (uint32_t row = 0; row < rows; ++row, y += size + 44) {
      if (row == 0) maps += formatted("<text class=\"g\" x=\"%.1f\" y=\"%.1f\">Layer %u</text>", kMargin, y - 8, layer);
      for (uint32_t head = row * columns; head < std::min(heads, (row + 1) * columns); ++head)
        maps += head_svg(poster, layer * heads + head, {kMargin + (head - row * columns) * (size + kGap), y, size});
    }
  const std::string chart = loss_chart(poster.recording, {kMargin, y + 6, kWidth - 2 * kMargin, 190});
  const double height = y + 6 + 190 + 40;
  const std::string title = formatted("Where every head looks after %llu training steps", static_cast<unsigned long long>(poster.end.step));
  std::string text =
      formatted("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">", kWidth,
                height, kWidth, height);
  text += "<title>" + title + "</title><desc>" + sentence(poster) + "</desc>" + style(poster.theme);
  text += "<rect width=\"100%\" height=\"100%\" fill=\"var(--paper)\"/>";
  text += formatted("<text class=\"t\" x=\"%.0f\" y=\"36\">", kMargin) + title + "</text>";
  text += formatted("<text class=\"g\" x=\"%.0f\" y=\"58\">", kMargin) + sentence(poster) + "</text>";
  return text + maps + chart + "</svg>\n";
}

}  // namespace induction
