#include "progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "formatted.hpp"

namespace induction {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);

// A number with two decimals, or a dash where there is none, in five columns.
std::string number(double x) { return std::isfinite(x) ? formatted("%5.2f", std::min(x, 99.99)) : "    -"; }

std::string rate_text(double x) { return !std::isfinite(x) ? "    -/s" : x < 10 ? formatted("%5.1f/s", x) : formatted("%5.0f/s", x); }

std::string steps_text(const Status& status) {
  const std::string total = std::to_string(status.steps);
  return formatted("%*llu/%s", static_cast<int>(total.size()), static_cast<unsigned long long>(status.step), total.c_str());
}

// "[====>     ]", exactly `width` columns.
std::string bar(double part, size_t width) {
  const size_t inside = width - 2, done = static_cast<size_t>(std::clamp(part, 0.0, 1.0) * static_cast<double>(inside));
  std::string text(inside, ' ');
  std::fill_n(text.begin(), done, '=');
  if (done < inside) text[done] = '>';
  return "[" + text + "]";
}

constexpr size_t kSparks = 3;  // loss, previous token, induction

// Columns for each sparkline when `free` ones are left beside the fields; 0: none, too narrow to tell anything.
size_t spark_width(const Curves& curves, size_t free, size_t least_bar) {
  constexpr size_t kLeast = 5, kMost = 16;
  const size_t needed = 1 + least_bar + kSparks;
  if (curves.loss.empty() || free < needed + kSparks * kLeast) return 0;
  return std::min(kMost, (free - needed) / kSparks);
}

std::string coloured(const std::string& text, const char* colour, const TerminalStyle& style) {
  return text.empty() || !style.colour ? text : std::string("\x1b[") + colour + "m" + text + "\x1b[0m";
}

size_t terminal_width() {
  winsize size = {};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string time_text(double seconds) {
  const auto s = static_cast<long>(std::clamp(seconds, 0.0, 3.5e6));
  return s < 3600 ? formatted("%2ld:%02ld", s / 60, s % 60) : formatted("%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

namespace {

constexpr size_t kLeastBar = 8;

// Which fields fit into `width` columns, and how many columns they take.
size_t fit_fields(const std::vector<BarField>& fields, size_t width, std::vector<bool>& shown) {
  shown.assign(fields.size(), false);
  size_t used = 0;
  for (int rank = 0; rank < static_cast<int>(fields.size()); ++rank) {
    const auto at = std::find_if(fields.begin(), fields.end(), [&](const BarField& field) { return field.rank == rank; });
    const size_t more = at->text.size() + (used ? 1 : 0);
    if (used + more > width) break;
    shown[static_cast<size_t>(at - fields.begin())] = true;
    used += more;
  }
  return used;
}

// `used`: columns of the fields that are shown; a bar takes what is left of `width`.
std::string line_text(double part, const std::vector<BarField>& fields, const std::vector<bool>& shown, size_t used, size_t width) {
  std::string line;
  if (used + 1 + kLeastBar <= width) line = bar(part, width - used - 1);
  for (size_t i = 0; i < fields.size(); ++i)
    if (shown[i]) line += (line.empty() ? "" : " ") + fields[i].text + (fields[i].spark.empty() ? "" : " " + fields[i].spark);
  return line;
}

}  // namespace

std::string bar_text(double part, const std::vector<BarField>& fields, size_t width) {
  std::vector<bool> shown;
  const size_t used = fit_fields(fields, width, shown);
  return line_text(part, fields, shown, used, width);
}

std::string bar_text(const Status& s, size_t width, const TerminalStyle& style) {
  std::vector<BarField> fields = {{steps_text(s), 0},
                                  {"loss" + number(s.loss), 2},
                                  {"rep" + number(s.loss_rep), 1},
                                  {"prev" + number(s.previous_token), 5},
                                  {"ind" + number(s.induction), 3},
                                  {rate_text(s.steps_per_second), 6},
                                  {time_text(s.seconds_left), 4}};
  std::vector<bool> shown;
  size_t used = fit_fields(fields, width, shown);
  if (s.curves && used < width) {
    const Curves& c = *s.curves;
    const size_t each = spark_width(c, width - used, kLeastBar);
    const double most = c.loss.empty() ? 1 : *std::max_element(c.loss.begin(), c.loss.end());
    fields[1].spark = coloured(sparkline(c.loss, each, 0, most, style.unicode), "36", style);
    fields[3].spark = coloured(sparkline(c.previous_token, each, 0, 1, style.unicode), "33", style);
    fields[4].spark = coloured(sparkline(c.induction, each, 0, 1, style.unicode), "32", style);
    if (each) used += kSparks * (1 + std::min(each, c.loss.size()));
  }
  return line_text(static_cast<double>(s.step) / static_cast<double>(std::max<uint64_t>(1, s.steps)), fields, shown, used, width);
}

double best_score(const ProbeRecord& record, double PatternScores::*score) {
  double best = std::numeric_limits<double>::quiet_NaN();
  for (const HeadRecord& head : record.heads)
    if (!(head.scores.*score <= best)) best = std::isnan(head.scores.*score) ? best : head.scores.*score;
  return best;
}

std::string probe_text(const ProbeRecord& record, double steps_per_second) {
  return formatted("step %7llu  loss %s  first time %s  repeated %s  previous token %s  induction %s  %s",
                   static_cast<unsigned long long>(record.step), number(record.seen.loss).c_str(), number(record.seen.loss_new).c_str(),
                   number(record.seen.loss_rep).c_str(), number(best_score(record, &PatternScores::previous_token)).c_str(),
                   number(best_score(record, &PatternScores::induction)).c_str(), rate_text(steps_per_second).c_str());
}

std::vector<std::string> onset_texts(const ProbeRecord& record) {
  struct Event {
    Role role;
    const std::optional<uint64_t>& step;
    const char* words;
    double PatternScores::*score;
  };
  const Event events[] = {{Role::previous_token, record.onset.previous_token, "a previous-token head", &PatternScores::previous_token},
                          {Role::induction, record.onset.induction, "an induction head", &PatternScores::induction}};
  std::vector<std::string> lines;
  for (const Event& event : events) {
    const HeadRecord* surest = nullptr;
    for (const HeadRecord& head : record.heads)
      if (head.verdict.role == event.role && (!surest || head.verdict.confidence > surest->verdict.confidence)) surest = &head;
    if (!surest || event.step != record.step) continue;
    lines.push_back(formatted("step %llu: head %u.%u became %s (score %.2f, confidence %.2f)", static_cast<unsigned long long>(record.step),
                              surest->layer, surest->head, event.words, surest->scores.*event.score, surest->verdict.confidence));
  }
  return lines;
}

Progress::Progress() {
  const char* kind = std::getenv("TERM");
  terminal_ = isatty(STDERR_FILENO) && kind && std::strcmp(kind, "dumb") != 0;
}

bool Progress::due() const { return terminal_ && std::chrono::steady_clock::now() - last_ >= kRedraw; }

// The last column stays free: some terminals wrap as soon as it is filled.
size_t Progress::width() const { return std::max<size_t>(2, terminal_width()) - 1; }

void Progress::draw(const std::string& line) {
  std::fprintf(stderr, "\r%s\x1b[K", line.c_str());
  std::fflush(stderr);
  last_ = std::chrono::steady_clock::now();
  drawn_ = true;
}

void Progress::say(const std::string& line) {
  clear();
  std::fprintf(stderr, "%s\n", line.c_str());
}

void Progress::clear() {
  if (!drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace induction
