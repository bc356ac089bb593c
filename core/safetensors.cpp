#include "safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "json_depth.hpp"
#include "text.hpp"

namespace induction {
namespace {

using Json = nlohmann::ordered_json;
static_assert(std::endian::native == std::endian::little, "the format is little-endian, and so is every target");

constexpr uint64_t kMaxHeader = 100'000'000;  // bytes; the reference implementation's limit
constexpr size_t kMaxAxes = 8;
constexpr int kHeaderDepth = 64;  // a header is three levels deep

// Bytes of the data that one array takes.
struct Place {
  uint64_t begin = 0, end = 0;
};

std::string parse_header(std::string_view text, Json& header) {
  if (nested_deeper(text, kHeaderDepth)) return "the safetensors header is nested too deeply";
  std::set<std::string> names;
  bool twice = false;
  const auto note_name = [&](int depth, Json::parse_event_t event, Json& name) {
    if (depth == 1 && event == Json::parse_event_t::key) twice = !names.insert(name.get<std::string>()).second || twice;
    return true;
  };
  header = Json::parse(text.begin(), text.end(), note_name, false);
  if (twice) return "the safetensors header names a tensor twice";
  if (header.is_discarded() || !header.is_object()) return "the safetensors header is not a JSON object";
  return {};
}

// One header entry -> one array, with every number checked against the file.
std::string read_entry(const std::string& name, const Json& entry, std::span<const uint8_t> data, NamedArray& array, Place& place) {
  const std::string where = "tensor " + in_quotes(name);
  if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") || !entry.contains("data_offsets"))
    return where + " needs dtype, shape and data_offsets";
  const Json &dtype = entry["dtype"], &shape = entry["shape"], &offsets = entry["data_offsets"];
  if (dtype != "F32" && dtype != "I32") return where + " must have dtype F32 or I32";
  if (!shape.is_array() || shape.size() > kMaxAxes) return where + " must have a shape of at most 8 axes";
  if (!offsets.is_array() || offsets.size() != 2 || !offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned())
    return where + " must have two whole data_offsets";
  const auto begin = offsets[0].get<uint64_t>(), end = offsets[1].get<uint64_t>();
  if (begin > end || end > data.size()) return where + " reaches beyond the end of the file";
  place = {begin, end};
  const uint64_t elements_stored = (end - begin) / sizeof(float);
  uint64_t elements = 1;
  for (const Json& size : shape) {
    if (!size.is_number_unsigned()) return where + " must have whole, non-negative sizes";
    const auto n = size.get<uint64_t>();
    // Compared by division: a product of hostile sizes could overflow.
    if (n != 0 && elements > elements_stored / n) return where + " has a shape larger than its data";
    elements *= n;
    array.shape.push_back(n);
  }
  if (elements * sizeof(float) != end - begin) return where + " has a shape that does not match its data";
  array.name = name;
  array.values.resize(static_cast<size_t>(elements));
  if (elements > 0) std::memcpy(array.values.data(), data.data() + begin, static_cast<size_t>(end - begin));
  if (dtype == "I32")
    for (float& value : array.values) {
      int32_t whole;
      std::memcpy(&whole, &value, sizeof whole);
      value = static_cast<float>(whole);
    }
  return {};
}

}  // namespace

const NamedArray* TensorFile::find(const std::string& name) const {
  for (const NamedArray& array : arrays)
    if (array.name == name) return &array;
  return nullptr;
}

std::vector<uint8_t> write_tensors(const TensorFile& file) {
  Json header = Json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  uint64_t offset = 0;
  for (const NamedArray& array : file.arrays) {
    const uint64_t size = array.values.size() * sizeof(float);
    header[array.name] = {{"dtype", "F32"}, {"shape", array.shape}, {"data_offsets", {offset, offset + size}}};
    offset += size;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // data starts aligned
  const uint64_t length = text.size();
  std::vector<uint8_t> bytes;
  bytes.reserve(sizeof length + text.size() + static_cast<size_t>(offset));
  const auto append = [&](const void* data, size_t n) {
    const auto* from = static_cast<const uint8_t*>(data);
    bytes.insert(bytes.end(), from, from + n);
  };
  append(&length, sizeof length), append(text.data(), text.size());
  for (const NamedArray& array : file.arrays) append(array.values.data(), array.values.size() * sizeof(float));
  return bytes;
}

std::string read_tensors(std::span<const uint8_t> bytes, TensorFile& file) {
  uint64_t length = 0;
  if (bytes.size() < sizeof length) return "the file is too short to be a safetensors file";
  std::memcpy(&length, bytes.data(), sizeof length);
  if (length > kMaxHeader || length > bytes.size() - sizeof length)
    return "the file is cut off or is no safetensors file: its header is longer than the file";
  const auto* text = reinterpret_cast<const char*>(bytes.data()) + sizeof length;
  Json header;
  if (std::string wrong = parse_header({text, static_cast<size_t>(length)}, header); !wrong.empty()) return wrong;
  TensorFile made;
  std::vector<Place> places;
  const auto data = bytes.subspan(sizeof length + static_cast<size_t>(length));
  uint64_t total = 0;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      if (!entry.is_object()) return "the safetensors metadata is not a JSON object";
      for (const auto& [key, value] : entry.items()) {
        if (!value.is_string()) return "the safetensors metadata may hold text only";
        made.metadata[key] = value.get<std::string>();
      }
      continue;
    }
    NamedArray array;
    Place place;
    if (std::string wrong = read_entry(name, entry, data, array, place); !wrong.empty()) return wrong;
    total += place.end - place.begin;
    if (place.end > place.begin) places.push_back(place);
    if (total > data.size()) return "the tensors overlap: together they are larger than the file";
    made.arrays.push_back(std::move(array));
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.begin < b.begin; });
  for (size_t i = 1; i < places.size(); ++i)
    if (places[i].begin < places[i - 1].end) return "the tensors overlap in the file";
  file = std::move(made);
  return {};
}

}  // namespace induction
