#pragma once
// The name of a run in a sweep: 16 hexadecimal digits of what it is, wherever and in whichever order it is made.

#include <cstdint>
#include <string>
#include <string_view>

#include "course.hpp"
#include "sweep_stop.hpp"

namespace induction {

/// FNV-1a, 64 bits. Source: Fowler, Noll, Vo; the same hash as the signature's.
uint64_t text_hash(std::string_view text);

/// Hash of the knobs that differ from their defaults, by name, and of the stop rules and, where a run reads data, of the data's hash. A new
/// knob whose default changes nothing leaves every id as it was. Two of a million runs share an id with a probability of 3e-8.
uint64_t run_id(const Course& course, const StopRules& stop, const std::string& data_hash = {});

std::string id_text(uint64_t id);
/// false when the text is not an id.
bool id_from_text(const std::string& text, uint64_t& id);

}  // namespace induction
