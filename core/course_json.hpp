#pragma once
// A Course as JSON text: the knobs of a Config and, where they say more, two members:
//   "interventions": ["ablate 1.2 zero", {"text": "clamp 0.1 given", "pattern": [[1, 0, …], …]}]   held in every phase that names none
//   "phases": [{"steps": 500, "task": "bigram"}, {"steps": 1000, "interventions": ["clamp 0.1 previous"]}]
// A phase's knobs are those of the whole with its own over them; `steps`, which every phase says, is its length. Written out, a phase
// also says the step `at` which it begins and, where it is a change in mid-phase, when its schedule began, `schedule_from`.

#include "config_json.hpp"
#include "course.hpp"

namespace induction {

/// Just config_to_json where a flat Config says everything.
std::string course_to_json(const Course& course);

/// The parts of a Course's JSON text, each JSON text again; empty where the text has no such member.
struct CourseText {
  std::string knobs, phases, interventions;
};
/// Takes the text apart, without looking at its members; text that is no JSON object is all `knobs`.
void split_course(std::string_view text, CourseText& parts);
/// Lays phases and interventions over the Config of all phases. Checks syntax, names, types and ranges; problems() checks the rest.
Problems course_from_parts(const CourseText& parts, const Config& whole, Course& course);
/// Both, over the defaults.
Problems course_from_json(std::string_view text, Course& course);

/// ["ablate 1.2 zero", …] as above.
std::string interventions_to_json(const Interventions& list);
Problems interventions_from_json(std::string_view text, Interventions& list);

}  // namespace induction
