#pragma once
// A recording: a run as a figure in an article can show it before training is there, and go on with it (docs/embedding.md).
//
//   bytes    what, numbers little-endian
//   4        "IREC"
//   4        version, 1
//   4, 4, 4  bytes of the text, of the maps, of the states
//   4        CRC-32 of text and maps
//   …        text: JSON, see recording_text
//   …        maps: of each frame, layer by layer and head by head, the shares of attention in 255ths, query by query; only keys up to the
//            query where "cells" is "causal"
//   …        states: checkpoints as safetensors, one after the other

#include <cstdint>
#include <string>
#include <vector>

#include "probes/prober.hpp"
#include "run.hpp"

namespace induction {

/// The maps of the example row at a step.
struct RecordedFrame {
  uint64_t step = 0;
  std::string signature;
  std::vector<uint8_t> maps;
};

struct RecordedState {
  uint64_t step = 0;
  std::string signature;
  std::vector<uint8_t> bytes;
};

struct Recording {
  std::string preset;  // as it was asked for, for the poster
  Course course;
  std::vector<int32_t> tokens;  // the row that the maps are of
  std::vector<std::string> labels;
  std::vector<RecordedFrame> frames;
  std::vector<RecordedState> states;
  std::vector<ProbeRecord> records;
};

/// Bytes of one frame's maps of `length` tokens.
uint64_t map_bytes(const Config& config, uint64_t length);
/// [n_layers, n_heads, T, T] shares as `maps` of a frame.
std::vector<uint8_t> quantised(const std::vector<float>& pattern, const Config& config, size_t length);

/// Which of the rising `steps` stay when `most` may: first and last always; then those whose neighbours are furthest from each other,
/// relative to the step, near an onset eightfold. The same rule as the page's history of a run (web/src/history.ts).
std::vector<size_t> worth_keeping(std::vector<uint64_t> steps, const Onset& onset, size_t most);

std::vector<uint8_t> recording_bytes(const Recording& recording);

}  // namespace induction
