#include "recording.hpp"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "course_json.hpp"
#include "record.hpp"

namespace induction {
namespace {

using Json = nlohmann::ordered_json;

constexpr uint32_t kVersion = 1;
// As in web/src/history.ts.
constexpr double kEarly = 200, kNearOnset = 100, kOnsetWeight = 8;

void put_u32(std::vector<uint8_t>& bytes, uint64_t x) {
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<uint8_t>(x >> shift));
}

// CRC-32 as in zip and PNG: polynomial 0xEDB88320, reflected.
class Crc {
 public:
  void add(std::span<const uint8_t> bytes) {
    for (const uint8_t byte : bytes) {
      value_ ^= byte;
      for (int bit = 0; bit < 8; ++bit) value_ = value_ >> 1 ^ (value_ & 1 ? 0xEDB88320u : 0u);
    }
  }
  uint32_t value() const { return ~value_; }

 private:
  uint32_t value_ = ~0u;
};

// Five digits: more than a chart shows, and half of the bytes.
void round_numbers(Json& json) {
  if (json.is_structured())
    for (Json& part : json) round_numbers(part);
  if (!json.is_number_float()) return;
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", json.get<double>());
  json = std::strtod(text, nullptr);
}

Json records_array(const std::vector<ProbeRecord>& records) {
  Json array = Json::array();
  for (const ProbeRecord& record : records) array.push_back(Json::parse(probe_json(record)));
  round_numbers(array);
  return array;
}

// {"course", "n_layers", "n_heads", "tokens", "labels", "cells", "frames": [{"step", "signature"}],
//  "states": [{"step", "signature", "bytes"}], "records": [as in metrics.jsonl]}
std::string recording_text(const Recording& recording) {
  const Config& config = recording.course.phases[0].config;
  Json frames = Json::array(), states = Json::array();
  for (const RecordedFrame& frame : recording.frames) frames.push_back({{"step", frame.step}, {"signature", frame.signature}});
  for (const RecordedState& state : recording.states)
    states.push_back({{"step", state.step}, {"signature", state.signature}, {"bytes", state.bytes.size()}});
  const Json root = {{"course", Json::parse(course_to_json(recording.course))},
                     {"n_layers", config.n_layers},
                     {"n_heads", config.n_heads},
                     {"tokens", recording.tokens},
                     {"labels", recording.labels},
                     {"cells", config.bidirectional ? "all" : "causal"},
                     {"frames", frames},
                     {"states", states},
                     {"records", records_array(recording.records)}};
  return root.dump(-1, ' ', true, Json::error_handler_t::replace);
}

}  // namespace

uint64_t map_bytes(const Config& config, uint64_t length) {
  const uint64_t cells = config.bidirectional ? length * length : length * (length + 1) / 2;
  return static_cast<uint64_t>(config.n_layers) * static_cast<uint64_t>(config.n_heads) * cells;
}

std::vector<uint8_t> quantised(const std::vector<float>& pattern, const Config& config, size_t length) {
  std::vector<uint8_t> maps;
  maps.reserve(map_bytes(config, length));
  for (size_t row = 0; row * length < pattern.size(); ++row) {
    const size_t keys = config.bidirectional ? length : row % length + 1;
    for (size_t k = 0; k < keys; ++k)
      maps.push_back(static_cast<uint8_t>(std::lround(255 * std::clamp(pattern[row * length + k], 0.0f, 1.0f))));
  }
  return maps;
}

std::vector<size_t> worth_keeping(std::vector<uint64_t> steps, const Onset& onset, size_t most) {
  std::vector<size_t> kept(steps.size());
  std::iota(kept.begin(), kept.end(), size_t{0});
  const auto near = [](uint64_t step, const std::optional<uint64_t>& at) {
    return at && std::abs(static_cast<double>(step) - static_cast<double>(*at)) <= kNearOnset;
  };
  while (steps.size() > std::max<size_t>(most, 2)) {
    size_t least = 0;
    double least_worth = INFINITY;
    for (size_t i = 1; i + 1 < steps.size(); ++i) {
      const double weight = near(steps[i], onset.previous_token) || near(steps[i], onset.induction) ? kOnsetWeight : 1;
      const double worth = static_cast<double>(steps[i + 1] - steps[i - 1]) / (kEarly + static_cast<double>(steps[i])) * weight;
      if (worth < least_worth) least_worth = worth, least = i;
    }
    steps.erase(steps.begin() + static_cast<ptrdiff_t>(least));
    kept.erase(kept.begin() + static_cast<ptrdiff_t>(least));
  }
  return kept;
}

std::vector<uint8_t> recording_bytes(const Recording& recording) {
  const std::string text = recording_text(recording);
  uint64_t maps = 0, states = 0;
  Crc crc;
  crc.add({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  for (const RecordedFrame& frame : recording.frames) maps += frame.maps.size(), crc.add(frame.maps);
  for (const RecordedState& state : recording.states) states += state.bytes.size();
  std::vector<uint8_t> bytes = {'I', 'R', 'E', 'C'};
  put_u32(bytes, kVersion);
  put_u32(bytes, text.size()), put_u32(bytes, maps), put_u32(bytes, states), put_u32(bytes, crc.value());
  bytes.insert(bytes.end(), text.begin(), text.end());
  for (const RecordedFrame& frame : recording.frames) bytes.insert(bytes.end(), frame.maps.begin(), frame.maps.end());
  for (const RecordedState& state : recording.states) bytes.insert(bytes.end(), state.bytes.begin(), state.bytes.end());
  return bytes;
}

}  // namespace induction
