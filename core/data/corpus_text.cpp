#include "corpus_text.hpp"

#include <algorithm>
#include <numeric>

namespace induction {
namespace {

// No file of kMaxCorpusBytes comes near these; a larger one may not fill the memory with words.
constexpr size_t kMostUnits = size_t{1} << 22, kMostUnitBytes = size_t{64} << 20, kMostUnitLength = kMaxCorpusBytes;

// Bytes of the UTF-8 character with this first byte; 0: there is none.
size_t expected_length(int first) {
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
}

// RFC 3629: no surrogates, nothing longer than needed.
bool second_fits(int first, int second) {
  const bool bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || (first == 0xF0 && second < 0x90) ||
                   (first == 0xF4 && second > 0x8F);
  return !bad;
}

bool is_space(int c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
// Part of a word: letters, digits, apostrophe, and whatever is not ASCII.
bool in_word(int c) { return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '\'' || c == '_'; }

// A unit as it is shown: signs that cannot be seen get a picture.
std::string shown(const std::string& unit) {
  if (unit == " ") return "␣";
  if (unit == "\n") return "⏎";
  if (unit == "\t") return "⇥";
  if (unit.size() == 1 && (static_cast<uint8_t>(unit[0]) < 32 || unit[0] == 127)) return "�";
  return unit.substr(0, 200);
}

// A number for each unit. Single ASCII signs, which most texts consist of, need no look-up.
class UnitNumbers {
 public:
  explicit UnitNumbers(uint32_t other) : other_(other) { ascii_.fill(other); }
  uint64_t& operator[](const std::string& unit) { return is_ascii(unit) ? ascii_[static_cast<uint8_t>(unit[0])] : more_[unit]; }
  uint64_t at(const std::string& unit) const {
    if (is_ascii(unit)) return ascii_[static_cast<uint8_t>(unit[0])];
    const auto found = more_.find(unit);
    return found == more_.end() ? other_ : found->second;
  }
  size_t more() const { return more_.size(); }
  /// Units with their numbers, without those that have `other`.
  std::vector<std::pair<std::string, uint64_t>> all() const {
    std::vector<std::pair<std::string, uint64_t>> list(more_.begin(), more_.end());
    for (size_t c = 0; c < ascii_.size(); ++c)
      if (ascii_[c] != other_) list.emplace_back(std::string(1, static_cast<char>(c)), ascii_[c]);
    return list;
  }

 private:
  static bool is_ascii(const std::string& unit) { return unit.size() == 1 && static_cast<uint8_t>(unit[0]) < 0x80; }

  std::array<uint64_t, 128> ascii_{};
  std::unordered_map<std::string, uint64_t> more_;
  uint64_t other_;
};

// How often each unit stands in the text, and where.
std::string count_units(const ByteSource& source, kind::vocabulary kind, UnitNumbers& count, TokenPlaces& places) {
  ByteStream stream(source);
  TextUnits units(stream, kind);
  std::string unit;
  size_t bytes = 0;
  while (units.next(unit)) {
    if (places.tokens() == kMostCorpusTokens) return too_many_tokens(kMostCorpusTokens + 1);
    places.add(units.begin());
    const size_t before = count.more();
    ++count[unit];
    bytes += count.more() > before ? unit.size() : 0;
    if (count.more() > kMostUnits || bytes > kMostUnitBytes)
      return "the data has too many different words: more than " + std::to_string(count.more() - 1) + ", of " +
             std::to_string(bytes >> 20) + " MiB together";
  }
  return units.problem();
}

UnitNumbers number_units(const UnitNumbers& count, size_t most, Corpus& corpus) {
  const std::vector<std::pair<std::string, uint64_t>> units = count.all();
  std::vector<uint32_t> order(units.size());
  std::iota(order.begin(), order.end(), 0u);
  const size_t kept = order.size() <= most ? order.size() : most - 1;
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(), [&](uint32_t a, uint32_t b) {
    return units[a].second != units[b].second ? units[a].second > units[b].second : units[a].first < units[b].first;
  });
  UnitNumbers number(static_cast<uint32_t>(kept));
  for (size_t i = 0; i < kept; ++i) {
    const std::string& unit = units[order[i]].first;
    number[unit] = i;
    corpus.labels.push_back(shown(unit));
  }
  if (kept < order.size()) corpus.labels.emplace_back("<unk>");
  return number;
}

// What Corpus::read needs.
struct Text {
  ByteSource source;
  kind::vocabulary kind;
  TokenPlaces places;
  UnitNumbers number{0};

  void read(uint32_t from, std::span<uint32_t> into) const {
    auto [token, at] = places.before(from);
    ByteStream stream(source, at, size_t{1} << 12);
    TextUnits units(stream, kind);
    std::string unit;
    for (size_t i = 0; i < into.size() && units.next(unit); ++token)
      if (token >= from) into[i++] = static_cast<uint32_t>(number.at(unit));
  }
};

}  // namespace

// Appends the character here.
bool TextUnits::character(std::string& unit) {
  const uint64_t start = stream_.at();
  const int first = stream_.peek();
  const size_t n = expected_length(first);
  bool good = n > 0;
  for (size_t i = 0; i < n && good; ++i) {
    const int c = stream_.peek();
    good = i == 0 || (c >= 0x80 && c < 0xC0 && (i > 1 || second_fits(first, c)));
    unit += static_cast<char>(c);
    stream_.skip();
  }
  if (!good) problem_ = "byte " + std::to_string(start) + " of the data is not UTF-8 text";
  return good;
}

bool TextUnits::next(std::string& unit) {
  unit.clear();
  if (words_)
    while (is_space(stream_.peek())) stream_.skip();
  const int first = stream_.peek();
  if (first < 0) return false;
  begin_ = stream_.at();
  if (!character(unit)) return false;
  while (words_ && in_word(first) && stream_.peek() >= 0 && in_word(stream_.peek())) {
    if (!character(unit)) return false;
    if (unit.size() <= kMostUnitLength) continue;
    problem_ = "the word at byte " + std::to_string(begin_) + " of the data is longer than " + std::to_string(kMostUnitLength) + " bytes";
    return false;
  }
  return true;
}

std::string scan_text(const ByteSource& source, kind::vocabulary kind, int64_t most, Corpus& corpus) {
  const auto text = std::make_shared<Text>();
  text->source = source, text->kind = kind;
  UnitNumbers count(0);
  if (std::string wrong = count_units(source, kind, count, text->places); !wrong.empty()) return wrong;
  text->number = number_units(count, static_cast<size_t>(std::max<int64_t>(most, 2)), corpus);
  corpus.rows = RowStarts(1, text->places.tokens());
  corpus.read = [text](uint32_t from, std::span<uint32_t> into) { text->read(from, into); };
  return {};
}

}  // namespace induction
