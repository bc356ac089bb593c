#include "corpus.hpp"

#include <algorithm>
#include <map>

#include "corpus_numbers.hpp"

namespace induction {
namespace {

using Bytes = std::span<const uint8_t>;

// Bytes of the UTF-8 character at `at`; 0 where there is none (RFC 3629: no surrogates, nothing longer than needed).
size_t character_length(Bytes bytes, size_t at) {
  const uint8_t first = bytes[at];
  if (first < 0x80) return 1;
  const size_t n = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + n > bytes.size()) return 0;
  for (size_t i = 1; i < n; ++i)
    if ((bytes[at + i] & 0xC0) != 0x80) return 0;
  const uint8_t second = bytes[at + 1];
  const bool bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) || (first == 0xF0 && second < 0x90) ||
                   (first == 0xF4 && second > 0x8F);
  return bad ? 0 : n;
}

bool is_space(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
// Part of a word: letters, digits, apostrophe, and whatever is not ASCII.
bool in_word(uint8_t c) { return c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '\'' || c == '_'; }

// The text cut into characters, or into words and single other signs.
std::string cut(Bytes bytes, kind::vocabulary kind, std::vector<std::string_view>& units) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (size_t at = 0; at < bytes.size();) {
    size_t n = character_length(bytes, at);
    if (n == 0) return "byte " + std::to_string(at) + " of the data is not UTF-8 text";
    if (kind == kind::vocabulary::word && in_word(bytes[at])) {
      for (size_t more = n; at + n < bytes.size() && in_word(bytes[at + n]); n += more) {
        more = character_length(bytes, at + n);
        if (more == 0) return "byte " + std::to_string(at + n) + " of the data is not UTF-8 text";
      }
    }
    if (kind == kind::vocabulary::character || !is_space(bytes[at])) units.push_back(text.substr(at, n));
    at += n;
  }
  return {};
}

// A unit as it is shown: signs that cannot be seen get a picture.
std::string shown(std::string_view unit) {
  if (unit == " ") return "␣";
  if (unit == "\n") return "⏎";
  if (unit == "\t") return "⇥";
  if (unit.size() == 1 && (static_cast<uint8_t>(unit[0]) < 32 || unit[0] == 127)) return "�";
  return std::string(unit.substr(0, 200));
}

void number_units(const std::vector<std::string_view>& units, int64_t most, Corpus& corpus) {
  std::map<std::string_view, uint32_t> count;
  for (const std::string_view unit : units) ++count[unit];
  std::vector<std::pair<std::string_view, uint32_t>> order(count.begin(), count.end());
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  const size_t kept = order.size() <= static_cast<size_t>(most) ? order.size() : static_cast<size_t>(most) - 1;
  std::map<std::string_view, uint32_t> number;
  for (uint32_t i = 0; i < kept; ++i) {
    number[order[i].first] = i;
    corpus.labels.push_back(shown(order[i].first));
  }
  if (kept < order.size()) corpus.labels.push_back("<unk>");
  corpus.tokens.reserve(units.size());
  for (const std::string_view unit : units) {
    const auto at = number.find(unit);
    corpus.tokens.push_back(at == number.end() ? static_cast<uint32_t>(kept) : at->second);
  }
  corpus.rows = {0, static_cast<uint32_t>(corpus.tokens.size())};
}

// FNV-1a, 64 bits, over 32-bit words and the labels' bytes.
std::string hash_of(const Corpus& corpus) {
  uint64_t hash = 14695981039346656037ull;
  const auto take = [&](uint32_t word, int bytes) {
    for (int i = 0; i < bytes; ++i) hash = (hash ^ (word >> 8 * i & 255)) * 1099511628211ull;
  };
  for (const std::string& label : corpus.labels) {
    for (const char c : label) take(static_cast<uint8_t>(c), 1);
    take(256, 2);
  }
  for (const auto* list : {&corpus.rows, &corpus.tokens})
    for (const uint32_t word : *list) take(word, 4);
  std::string digits(16, '0');
  for (int i = 15; i >= 0; --i, hash >>= 4) digits[static_cast<size_t>(i)] = "0123456789abcdef"[hash & 15];
  return digits;
}

}  // namespace

std::string read_corpus(Bytes bytes, const Config& config, int64_t most, Corpus& corpus) {
  if (bytes.size() > kMaxCorpusBytes)
    return "the data has " + std::to_string(bytes.size() >> 20) + " MiB; at most " + std::to_string(kMaxCorpusBytes >> 20) + " are read";
  Corpus made;
  made.name = corpus.name;
  const bool numbers = config.task != kind::task::text && (is_npy(bytes) || is_json_list(bytes));
  std::string wrong;
  if (numbers) {
    wrong = is_npy(bytes) ? read_npy(bytes, made.tokens, made.rows) : read_json_rows(bytes, made.tokens, made.rows);
    uint32_t vocabulary = 0;
    for (const uint32_t token : made.tokens) vocabulary = std::max(vocabulary, token + 1);
    for (uint32_t v = 0; v < vocabulary; ++v) made.labels.push_back(std::to_string(v));
  } else {
    std::vector<std::string_view> units;
    wrong = cut(bytes, config.vocabulary, units);
    if (wrong.empty()) number_units(units, std::max<int64_t>(most, 2), made);
  }
  if (wrong.empty() && made.tokens.empty()) wrong = "the data holds no tokens";
  if (!wrong.empty()) return wrong;
  made.hash = hash_of(made);
  corpus = std::move(made);
  return {};
}

Problems corpus_problems(const Config& c, const Corpus* corpus) {
  if (!own_data(c)) return {};
  const std::string task = c.task == kind::task::text ? "text" : "tokens";
  if (!corpus) return {{"task", "task is " + task + ", which needs data: a file of token rows or text"}};
  const auto vocabulary = static_cast<int64_t>(corpus->labels.size());
  if (vocabulary > c.d_vocab)
    return {{"d_vocab", "d_vocab is " + std::to_string(c.d_vocab) + "; the data has tokens up to number " + std::to_string(vocabulary - 1) +
                            ", so at least " + std::to_string(vocabulary) + " are needed"}};
  const auto needed = static_cast<size_t>(c.n_ctx) + 1;
  if (corpus->stream() && corpus->tokens.size() < 10 * needed)
    return {{"n_ctx", "n_ctx is " + std::to_string(c.n_ctx) + "; its last tenth is held out, so the data needs at least " +
                          std::to_string(10 * needed) + " tokens, and it has " + std::to_string(corpus->tokens.size())}};
  for (size_t i = 0; i + 1 < corpus->rows.size(); ++i)
    if (corpus->rows[i + 1] - corpus->rows[i] < needed)
      return {{"n_ctx", "n_ctx is " + std::to_string(c.n_ctx) + "; every row needs at least " + std::to_string(needed) +
                            " tokens, and row " + std::to_string(i) + " has " + std::to_string(corpus->rows[i + 1] - corpus->rows[i])}};
  return {};
}

}  // namespace induction
