#pragma once
// The safetensors format: named arrays with text metadata. Every file from outside is hostile until parsed.
// Source: huggingface.co/docs/safetensors: 8 bytes header length (little-endian), JSON header, data.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace induction {

/// A float32 array in row-major order.
struct NamedArray {
  std::string name;
  std::vector<uint64_t> shape;
  std::vector<float> values;
};

struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::vector<NamedArray> arrays;

  /// nullptr when there is no array of that name.
  const NamedArray* find(const std::string& name) const;
};

std::vector<uint8_t> write_tensors(const TensorFile& file);

/// Reads F32 and I32 arrays (I32 becomes float). Returns an empty sentence when all is well, else what is wrong;
/// no length in the file is trusted, and no memory beyond the file's own size is taken.
std::string read_tensors(std::span<const uint8_t> bytes, TensorFile& file);

}  // namespace induction
