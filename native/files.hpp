#pragma once
// Reading and writing whole files. Both refuse with a sentence that names the file.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace induction {

/// A file's bytes. Refuses when it cannot be read or is larger than `limit` bytes (an endless pipe would fill the memory).
std::vector<uint8_t> read_bytes(const std::string& path, uint64_t limit);
std::string read_text(const std::string& path, uint64_t limit);

/// Replaces a file in one go: a hidden temporary name in the same folder, fsync, rename. Readers see the old bytes or the
/// new ones, never a part; when something fails the temporary file is removed and the old one is untouched.
void write_atomic(const std::string& path, std::span<const uint8_t> bytes);
void write_atomic(const std::string& path, std::string_view text);

/// Writes all bytes to an open file; `path` is for the sentence.
void write_all(int descriptor, std::span<const uint8_t> bytes, const std::string& path);

/// Text on standard output, flushed.
void print_out(std::string_view text);

inline std::span<const uint8_t> bytes_of(std::string_view text) { return {reinterpret_cast<const uint8_t*>(text.data()), text.size()}; }

}  // namespace induction
