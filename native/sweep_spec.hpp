#pragma once
// A sweep's SPEC: which points it has. docs/sweeps.md says how base, grid, list, random and seeds combine.

#include <cstdint>
#include <string>
#include <vector>

#include "sweep_draw.hpp"
#include "sweep_stop.hpp"

namespace induction {

/// One knob and the values it takes.
struct Axis {
  std::string knob;
  std::vector<Json> values;
};

/// One object of a SPEC: list × grid × random draws × seeds over a base.
class Spec {
 public:
  /// Refuses what is not a spec, and every value that its knob does not take. `where` begins the sentence.
  Spec(const Json& object, const std::string& where);

  /// Number of points; UINT64_MAX when there are more than that.
  uint64_t size() const;
  /// The knobs of a point that are not the base's. The list turns slowest, then the grid from its first knob to its last,
  /// then the draws; seeds turn fastest.
  Json point(uint64_t index) const;
  /// The point with the base under it: what config_from_json reads.
  Json whole(uint64_t index) const;

  /// The member `data`; null where there is none.
  const Json& data() const { return data_; }

  StopRules stop;

 private:
  void read_grid(const Json& grid, const std::string& where);
  void read_list(const Json& list, const std::string& where);
  void read_random(const Json& random, const std::string& where);
  void read_seeds(const Json& seeds, const std::string& where);
  void read_stop(const Json& rules, const std::string& where);
  void check_once(const std::string& where) const;

  Json base_ = Json::object(), data_;
  std::vector<Json> list_;
  std::vector<Axis> grid_;
  std::vector<Law> laws_;
  std::vector<Json> seeds_;
  uint64_t draws_ = 1;
};

/// "lr 0.1, seed 3": the members of a flat object in words.
std::string knobs_text(const Json& knobs);

}  // namespace induction
