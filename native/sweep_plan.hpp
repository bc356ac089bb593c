#pragma once
// All runs of a sweep: distinct, checked, in the order of the spec.

#include "run_id.hpp"
#include "sweep_data.hpp"
#include "sweep_spec.hpp"

namespace induction {

struct Point {
  uint64_t id = 0;
  uint32_t spec = 0;   // which object of the SPEC
  uint64_t index = 0;  // its place there
};

/// Above this a sweep needs --yes; above kMostPoints it is refused (the plan is kept in memory, 24 bytes a run).
inline constexpr uint64_t kManyPoints = 10'000, kMostPoints = 10'000'000;

class Plan {
 public:
  /// `text`: the SPEC; `where`: its name for sentences; `folder`: what its files are relative to. `stop`: rules that replace the spec's
  /// own; `large`: --yes was given.
  Plan(const std::string& text, const std::string& where, const std::vector<std::string>& stop, bool large, const std::string& folder = "",
       DataUse use = DataUse::read);

  const std::vector<Point>& points() const { return points_; }
  /// Points that are another point's run once more; they are left out.
  uint64_t repeated() const { return repeated_; }

  Course course(const Point& point) const;
  /// What the run reads; nullptr when it makes its own rows.
  std::shared_ptr<const Corpus> corpus(const Point& point) const;
  const StopRules& stop(const Point& point) const { return specs_[point.spec].stop; }
  /// The knobs that make the point, without the base.
  Json knobs(const Point& point) const { return specs_[point.spec].point(point.index); }
  /// The spec with the rules that hold and what is known of its data, to be kept beside the results in `folder`.
  Json kept(const std::string& folder) const;
  /// A sentence when an older plan read other data under the same name.
  std::string data_difference(const Plan& older) const;

  /// Refuses when `jobs` of the largest runs at a time need more memory than there is.
  void check_memory_of(uint32_t jobs) const;
  /// Part `part` of `parts`: of the runs in the order of their ids every `parts`-th, so parts are equal in number and mixed
  /// in cost. In the spec's order.
  std::vector<Point> shard(uint32_t part, uint32_t parts) const;

 private:
  void set_stop(const std::vector<std::string>& rules);
  void check_size(const std::string& where, bool large) const;
  void expand(const std::string& where);
  void read_members(const std::string& where, const std::string& folder);
  // A point's Course; where it reads data, `d_vocab` is that of the data unless the spec says it.
  struct Made {
    Course course;
    Problems problems;
    bool reads_data = false;
    std::string data_hash;
  };
  Made made(uint32_t spec, uint64_t index) const;

  Json json_;
  DataUse use_;
  std::vector<Spec> specs_;
  std::vector<std::shared_ptr<SweepData>> data_;  // of each spec, or nullptr
  std::vector<Point> points_;
  uint64_t repeated_ = 0;
};

/// The SPEC in a file.
Plan read_plan(const std::string& path, const std::vector<std::string>& stop, bool large, DataUse use = DataUse::read);

}  // namespace induction
