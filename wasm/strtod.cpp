// The browser reads numbers better than the C library's 4 KB of code would: strtod asks it. Only decimal numbers, which is all that
// the core and its JSON reader hand over; their value is the nearest double, as everywhere.
// Linked with --wrap=strtod: the C library has its own in one file with what other parts of it name.

#include <cstdlib>

extern "C" {

/// Number(text) of `length` characters; see number.js.
double ip_number(const char* text, int length);

static const char* digits(const char* at) {
  while (*at >= '0' && *at <= '9') ++at;
  return at;
}

__attribute__((used)) double __wrap_strtod(const char* text, char** end) {
  const char *first = text + (*text == '-' || *text == '+'), *at = digits(first);
  const bool whole = at > first;
  if (*at == '.') at = digits(at + 1);
  // A point by itself is no number.
  const bool number = whole || at > first + 1;
  if (number && (*at == 'e' || *at == 'E')) {
    const char *power = at + 1 + (at[1] == '-' || at[1] == '+'), *last = digits(power);
    if (last > power) at = last;
  }
  if (end) *end = const_cast<char*>(number ? at : text);
  return number ? ip_number(text, static_cast<int>(at - text)) : 0;
}
}
