#include "corpus_numbers.hpp"

#include <algorithm>

namespace induction {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr uint8_t kMagic[] = {0x93, 'N', 'U', 'M', 'P', 'Y'};

std::string too_large(size_t index, const std::string& value) {
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

// "(12, 34" or "(12," -> {12, 34}; empty when it is something else, or larger than any file here.
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

// Reads [ … ] lists of whole numbers, one deep or two.
struct JsonReader {
  Bytes bytes;
  size_t at = 0;

  void skip_space() {
    while (at < bytes.size() && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) ++at;
  }
  bool take(char c) {
    skip_space();
    if (at >= bytes.size() || bytes[at] != static_cast<uint8_t>(c)) return false;
    ++at;
    return true;
  }
  std::string wrong() const { return "byte " + std::to_string(at) + " of the data is not what JSON lists of token numbers have there"; }

  // A number, as digits only.
  std::string number(std::vector<uint32_t>& tokens) {
    const size_t start = at;
    uint64_t n = 0;
    while (at < bytes.size() && bytes[at] >= '0' && bytes[at] <= '9' && at - start < 10) n = n * 10 + (bytes[at++] - '0');
    if (at == start) return wrong();
    if (n >= kMostTokens) return too_large(tokens.size(), std::to_string(n));
    tokens.push_back(static_cast<uint32_t>(n));
    return {};
  }
  // Numbers up to the closing bracket.
  std::string list(std::vector<uint32_t>& tokens) {
    if (take(']')) return {};
    for (;;) {
      skip_space();
      if (const std::string problem = number(tokens); !problem.empty()) return problem;
      if (take(']')) return {};
      if (!take(',')) return wrong();
    }
  }
};

}  // namespace

bool is_npy(Bytes bytes) { return bytes.size() >= 10 && std::equal(std::begin(kMagic), std::end(kMagic), bytes.begin()); }

bool is_json_list(Bytes bytes) {
  JsonReader reader{bytes};
  if (!reader.take('[')) return false;
  if (reader.take('[')) return true;
  reader.skip_space();
  // "[note] …" is text.
  return reader.at >= bytes.size() || (bytes[reader.at] >= '0' && bytes[reader.at] <= '9');
}

std::string read_npy(Bytes bytes, std::vector<uint32_t>& tokens, std::vector<uint32_t>& rows) {
  const size_t before = bytes[6] == 1 ? 10 : 12;
  if (bytes.size() < before) return "the NumPy file ends inside its header";
  size_t header_size = bytes[8] + (size_t{bytes[9]} << 8);
  if (before == 12) header_size += (size_t{bytes[10]} << 16) + (size_t{bytes[11]} << 24);
  if (header_size > bytes.size() - before) return "the NumPy file ends inside its header";
  const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + before, header_size);
  const std::string_view type = field(header, "'descr'");
  const bool known = type.size() == 5 && (type[1] == '<' || type[1] == '|') && (type[2] == 'i' || type[2] == 'u') &&
                     (type[3] == '1' || type[3] == '2' || type[3] == '4' || type[3] == '8');
  if (!known) return "the NumPy array's type is not one of i1, i2, i4, i8, u1, u2, u4 and u8, little-endian";
  const std::vector<uint64_t> shape = sizes(field(header, "'shape'"));
  if (shape.empty() || shape.size() > 2) return "the NumPy array must have one axis (a stream) or two (rows)";
  if (shape.size() == 2 && !field(header, "'fortran_order'").starts_with("False"))
    return "the NumPy array is in Fortran's order; rows are needed";
  const size_t width = static_cast<size_t>(type[3] - '0');
  const uint64_t count = shape[0] * (shape.size() == 2 ? shape[1] : 1);  // each below 10^10, so this does not wrap
  if (count != (bytes.size() - before - header_size) / width) return "the NumPy file does not hold as many numbers as its shape says";
  const uint8_t* value = bytes.data() + before + header_size;
  for (size_t i = 0; i < count; ++i, value += width) {
    uint64_t n = 0;
    for (size_t k = width; k-- > 0;) n = n << 8 | value[k];
    if (n >= kMostTokens || (type[2] == 'i' && value[width - 1] >= 0x80)) return too_large(i, "out of range");
    tokens.push_back(static_cast<uint32_t>(n));
  }
  for (uint64_t r = 0; shape.size() == 2 && r < shape[0] && count > 0; ++r) rows.push_back(static_cast<uint32_t>(r * shape[1]));
  if (rows.empty()) rows.push_back(0);
  rows.push_back(static_cast<uint32_t>(count));
  return {};
}

std::string read_json_rows(Bytes bytes, std::vector<uint32_t>& tokens, std::vector<uint32_t>& rows) {
  JsonReader reader{bytes};
  (void)reader.take('[');
  const bool nested = reader.take('[');
  rows.push_back(0);
  std::string problem = reader.list(tokens);
  while (nested && problem.empty() && reader.take(',')) {
    rows.push_back(static_cast<uint32_t>(tokens.size()));
    problem = reader.take('[') ? reader.list(tokens) : reader.wrong();
  }
  if (problem.empty() && nested && !reader.take(']')) problem = reader.wrong();
  reader.skip_space();
  if (problem.empty() && reader.at != bytes.size()) problem = reader.wrong();
  rows.push_back(static_cast<uint32_t>(tokens.size()));
  return problem;
}

}  // namespace induction
