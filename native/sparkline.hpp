#pragma once
// A curve in one line of text.

#include <span>
#include <string>

namespace induction {

/// What the terminal on standard error can show, from LC_ALL, LC_CTYPE, LANG and NO_COLOR (no-color.org).
struct TerminalStyle {
  bool unicode = false, colour = false;
};
TerminalStyle terminal_style();

/// `values` as at most `width` columns of eight heights between `low` and `high`: each column is the mean of its share of the
/// values. Blocks in Unicode, else " .:-=+*#". Values that are no numbers leave a gap.
std::string sparkline(std::span<const double> values, size_t width, double low, double high, bool unicode);

}  // namespace induction
