#include "corpus_numbers.hpp"

#include <algorithm>

namespace induction {
namespace {

constexpr uint8_t kMagic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
constexpr size_t kMaxHeader = 1 << 16;  // bytes; NumPy writes some 120

std::string too_large(uint64_t index, const std::string& value) {
  return "token " + std::to_string(index) + " of the data is " + value + "; token numbers are whole, from 0 to " +
         std::to_string(kMostTokens - 1);
}

// What follows `key` in an .npy header, up to the end of its value; empty when it is not there.
std::string_view field(std::string_view header, std::string_view key) {
  const size_t at = header.find(key);
  if (at == std::string_view::npos) return {};
  header.remove_prefix(at + key.size());
  header.remove_prefix(std::min(header.find_first_not_of(": "), header.size()));
  const size_t end = header.starts_with('(') ? header.find(')') : header.find(',');
  return header.substr(0, end);
}

// "(12, 34" or "(12," -> {12, 34}, each below 10^10; empty when it is something else.
std::vector<uint64_t> sizes(std::string_view shape) {
  std::vector<uint64_t> list;
  if (!shape.starts_with('(')) return {};
  for (size_t at = 1; at < shape.size();) {
    if (shape[at] == ' ' || shape[at] == ',') {
      ++at;
      continue;
    }
    uint64_t n = 0;
    const size_t start = at;
    while (at < shape.size() && shape[at] >= '0' && shape[at] <= '9' && at - start < 10)
      n = n * 10 + static_cast<uint64_t>(shape[at++] - '0');
    if (at == start) return {};
    list.push_back(n);
  }
  return list;
}

// An array of whole numbers in a file.
struct Array {
  uint64_t at = 0;        // its first byte
  uint32_t width = 1;     // bytes of a number
  bool negative = false;  // may numbers be?
  uint32_t count = 0, rows = 1;

  // The number whose bytes begin here; kMostTokens for all that are no tokens.
  uint32_t number(const uint8_t* byte) const {
    if (negative && byte[width - 1] >= 0x80) return kMostTokens;
    uint64_t n = 0;
    for (size_t k = width; k-- > 0;) n = n << 8 | byte[k];
    return static_cast<uint32_t>(std::min(n, kMostTokens));
  }
};

void read_array(const ByteSource& source, const Array& array, uint32_t from, std::span<uint32_t> into) {
  std::vector<uint8_t> bytes(into.size() * array.width);
  source.read(array.at + uint64_t{from} * array.width, bytes);
  for (size_t i = 0; i < into.size(); ++i) into[i] = array.number(&bytes[i * array.width]);
}

std::string array_of(std::string_view header, uint64_t bytes, Array& array) {
  const std::string_view type = field(header, "'descr'");
  const bool known = type.size() == 5 && (type[1] == '<' || type[1] == '|') && (type[2] == 'i' || type[2] == 'u') &&
                     (type[3] == '1' || type[3] == '2' || type[3] == '4' || type[3] == '8');
  if (!known) return "the NumPy array's type is not one of i1, i2, i4, i8, u1, u2, u4 and u8, little-endian";
  const std::vector<uint64_t> shape = sizes(field(header, "'shape'"));
  if (shape.empty() || shape.size() > 2) return "the NumPy array must have one axis (a stream) or two (rows)";
  if (shape.size() == 2 && !field(header, "'fortran_order'").starts_with("False"))
    return "the NumPy array is in Fortran's order; rows are needed";
  array.width = static_cast<uint32_t>(type[3] - '0'), array.negative = type[2] == 'i';
  uint64_t count = shape[0];
  if (shape.size() == 2 && __builtin_mul_overflow(shape[0], shape[1], &count)) count = ~uint64_t{0};
  if (count != bytes / array.width) return "the NumPy file does not hold as many numbers as its shape says";
  if (count > kMostCorpusTokens) return too_many_tokens(count);
  array.count = static_cast<uint32_t>(count);
  if (shape.size() == 2 && count > 0) array.rows = static_cast<uint32_t>(shape[0]);
  return {};
}

// Reads [ … ] lists of whole numbers, one deep or two.
struct JsonReader {
  ByteStream& stream;
  TokenPlaces& places;
  uint32_t vocabulary = 0;

  void skip_space() {
    for (int c = stream.peek(); c == ' ' || c == '\n' || c == '\r' || c == '\t'; c = stream.peek()) stream.skip();
  }
  bool take(char c) {
    skip_space();
    if (stream.peek() != c) return false;
    stream.skip();
    return true;
  }
  std::string wrong() const {
    return "byte " + std::to_string(stream.at()) + " of the data is not what JSON lists of token numbers have there";
  }

  // A number, as digits only.
  std::string number() {
    const uint64_t start = stream.at();
    uint64_t n = 0;
    for (int c = stream.peek(); c >= '0' && c <= '9' && stream.at() - start < 10; c = stream.peek()) {
      n = n * 10 + static_cast<uint64_t>(c - '0');
      stream.skip();
    }
    if (stream.at() == start) return wrong();
    if (n >= kMostTokens) return too_large(places.tokens(), std::to_string(n));
    if (places.tokens() == kMostCorpusTokens) return too_many_tokens(kMostCorpusTokens + 1);
    places.add(start);
    vocabulary = std::max(vocabulary, static_cast<uint32_t>(n) + 1);
    return {};
  }
  // Numbers up to the closing bracket.
  std::string list() {
    if (take(']')) return {};
    for (;;) {
      skip_space();
      if (const std::string problem = number(); !problem.empty()) return problem;
      if (take(']')) return {};
      if (!take(',')) return wrong();
    }
  }
};

// Numbers of a list that has been read before.
void read_list(const ByteSource& source, const TokenPlaces& places, uint32_t from, std::span<uint32_t> into) {
  auto [token, at] = places.before(from);
  ByteStream stream(source, at, size_t{1} << 12);
  for (size_t i = 0; i < into.size(); ++token) {
    int c = stream.peek();
    for (; c >= 0 && (c < '0' || c > '9'); c = stream.peek()) stream.skip();
    if (c < 0) return;
    uint64_t n = 0;
    for (; c >= '0' && c <= '9'; c = stream.peek()) {
      n = std::min(n * 10 + static_cast<uint64_t>(c - '0'), kMostTokens);
      stream.skip();
    }
    if (token >= from) into[i++] = static_cast<uint32_t>(n);
  }
}

}  // namespace

bool is_npy(const ByteSource& source) {
  uint8_t start[10] = {};
  return source.size >= 10 && source.read(0, start) == 10 && std::equal(std::begin(kMagic), std::end(kMagic), start);
}

bool is_json_list(const ByteSource& source) {
  ByteStream stream(source);
  TokenPlaces none;
  JsonReader reader{stream, none};
  if (!reader.take('[')) return false;
  if (reader.take('[')) return true;
  reader.skip_space();
  // "[note] …" is text.
  const int c = stream.peek();
  return c < 0 || (c >= '0' && c <= '9');
}

std::string scan_npy(const ByteSource& source, Corpus& corpus, uint32_t& vocabulary) {
  uint8_t start[12] = {};
  const size_t before = source.read(0, start) > 6 && start[6] == 1 ? 10 : 12;
  size_t header_size = start[8] + (size_t{start[9]} << 8);
  if (before == 12) header_size += (size_t{start[10]} << 16) + (size_t{start[11]} << 24);
  if (source.size < before || header_size > source.size - before) return "the NumPy file ends inside its header";
  if (header_size > kMaxHeader)
    return "the NumPy file's header has " + std::to_string(header_size) + " bytes; at most " + std::to_string(kMaxHeader) + " are read";
  std::string header(header_size, ' ');
  source.read(before, {reinterpret_cast<uint8_t*>(header.data()), header.size()});
  Array array;
  array.at = before + header_size;
  if (std::string wrong = array_of(header, source.size - array.at, array); !wrong.empty()) return wrong;
  std::vector<uint32_t> block(size_t{1} << 14);
  for (uint64_t at = 0; at < array.count; at += block.size()) {
    const std::span part = std::span(block).first(static_cast<size_t>(std::min<uint64_t>(block.size(), array.count - at)));
    read_array(source, array, static_cast<uint32_t>(at), part);
    const auto most = std::max_element(part.begin(), part.end());
    if (*most >= kMostTokens) return too_large(at + static_cast<uint64_t>(most - part.begin()), "out of range");
    vocabulary = std::max(vocabulary, *most + 1);
  }
  corpus.rows = RowStarts(array.rows, array.count / std::max(array.rows, 1u));
  corpus.read = [source, array](uint32_t from, std::span<uint32_t> into) { read_array(source, array, from, into); };
  return {};
}

std::string scan_json_rows(const ByteSource& source, Corpus& corpus, uint32_t& vocabulary) {
  const auto places = std::make_shared<TokenPlaces>();
  ByteStream stream(source);
  JsonReader reader{stream, *places};
  (void)reader.take('[');
  const bool nested = reader.take('[');
  std::string problem;
  for (bool more = true; more && problem.empty();) {
    const uint32_t before = places->tokens();
    problem = reader.list();
    if (problem.empty() && !corpus.rows.add(places->tokens() - before))
      problem = "the data has more than " + std::to_string(kMostUnequalRows) + " rows of different lengths, which is the limit";
    more = problem.empty() && nested && reader.take(',');
    if (more && !reader.take('[')) problem = reader.wrong();
  }
  if (problem.empty() && nested && !reader.take(']')) problem = reader.wrong();
  reader.skip_space();
  if (problem.empty() && stream.peek() >= 0) problem = reader.wrong();
  vocabulary = reader.vocabulary;
  corpus.read = [source, places](uint32_t from, std::span<uint32_t> into) { read_list(source, *places, from, into); };
  return problem;
}

}  // namespace induction
