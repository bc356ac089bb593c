#pragma once
// A guard before JSON from outside is parsed: values nested very deeply overflow the stack when they are copied or printed.

#include <string_view>

namespace induction {

/// Do brackets outside strings nest deeper than `limit`? Works on any text, valid JSON or not.
inline bool nested_deeper(std::string_view text, int limit) {
  int depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\')
      ++i;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted)
      depth += (c == '{' || c == '[') - (c == '}' || c == ']');
    if (depth > limit) return true;
  }
  return false;
}

}  // namespace induction
