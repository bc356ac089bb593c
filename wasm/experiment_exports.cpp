// A module of its own for a page's experiments, loaded only by who runs one: specs in, measured runs, verdict and evidence out. The rules
// are those of the command line, word for word. As in exports.cpp text goes out in one buffer, and every failure is JSON with "problems".

#include <emscripten/emscripten.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "config_json.hpp"
#include "experiment_verdict.hpp"
#include "measured_run.hpp"
#include "memory.hpp"

using namespace induction;

namespace {

using Json = nlohmann::ordered_json;

struct Trial {
  std::unique_ptr<Run> run;
  std::unique_ptr<MeasuredRun> measured;
};

std::string answer;  // the last text handed out

const char* hand_out(std::string text) {
  answer = std::move(text);
  return answer.c_str();
}
const char* hand_out(const Problems& problems) { return hand_out(problems_json(problems)); }
const char* hand_out(const Json& value) { return hand_out(value.dump(-1, ' ', false, Json::error_handler_t::replace)); }

std::string rules_of(const Experiment& experiment, StopRules& rules) {
  for (const std::string& rule : experiment.stop)
    if (std::string wrong = read_stop_rule(rules, rule, "stop"); !wrong.empty()) return wrong;
  return {};
}

// What a page can run: specs with rules for the end that are known, whose models fit, and which bring no data of their own.
Problems read(const char* text, Experiment& experiment, StopRules& rules) {
  if (Problems found = experiment_from_json(text, experiment); !found.empty()) return found;
  if (const std::string wrong = rules_of(experiment, rules); !wrong.empty()) return {{"", wrong}};
  for (size_t arm = 0; arm < experiment.arms.size(); ++arm) {
    const Course course = arm_course(experiment, arm, 0);
    if (Problems found = memory_problem(course); !found.empty()) return found;
    for (const Phase& phase : course.phases)
      if (own_data(phase.config))
        return {
            {"task", "arm '" + experiment.arms[arm].name + "': the tasks tokens and text read data, which an experiment does not have"}};
  }
  return {};
}

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE void* ip_take(int bytes) { return std::malloc(static_cast<size_t>(bytes)); }
EMSCRIPTEN_KEEPALIVE void ip_give(void* memory) { std::free(memory); }

/// What is in a spec: its seeds, all measures that a report has, the ones that its table shows, and each arm's name, Course and steps.
EMSCRIPTEN_KEEPALIVE const char* ip_spec(const char* text) {
  Experiment experiment;
  StopRules rules;
  if (const Problems found = read(text, experiment, rules); !found.empty()) return hand_out(found);
  Json arms = Json::array();
  for (size_t arm = 0; arm < experiment.arms.size(); ++arm)
    arms.push_back({{"name", experiment.arms[arm].name},
                    {"course", Json::parse(arm_json(experiment, arm))},
                    {"steps", arm_course(experiment, arm, 0).length()}});
  return hand_out(Json{{"problems", Json::array()},
                       {"name", experiment.name},
                       {"seeds", experiment.seeds},
                       {"shown", experiment.measures},
                       {"measures", all_measures(experiment)},
                       {"arms", arms}});
}

/// One run of an arm, at its start; null: ip_problems says why.
EMSCRIPTEN_KEEPALIVE Trial* ip_trial(const char* text, int arm, double seed) {
  Experiment experiment;
  StopRules rules;
  Problems found = read(text, experiment, rules);
  if (found.empty() && (arm < 0 || static_cast<size_t>(arm) >= experiment.arms.size())) found.push_back({"", "there is no such arm"});
  if (found.empty() && !(seed >= 0 && seed <= 4294967295.0)) found.push_back({"seed", "a seed is a whole number from 0 to 4294967295"});
  std::unique_ptr<Trial> trial = std::make_unique<Trial>();
  if (found.empty()) {
    trial->run = Run::create(arm_course(experiment, static_cast<size_t>(arm), static_cast<uint32_t>(seed)));
    if (!trial->run) found.push_back({"", "there is not enough memory for this run"});
  }
  hand_out(found);
  if (!found.empty()) return nullptr;
  trial->measured = std::make_unique<MeasuredRun>(*trial->run, rules);
  return trial.release();
}
EMSCRIPTEN_KEEPALIVE const char* ip_problems() { return answer.c_str(); }
EMSCRIPTEN_KEEPALIVE void ip_dispose(Trial* trial) { delete trial; }

/// One step; 0: the run is over.
EMSCRIPTEN_KEEPALIVE int ip_advance(Trial* trial) { return trial->measured->advance() ? 1 : 0; }
EMSCRIPTEN_KEEPALIVE double ip_step(Trial* trial) { return static_cast<double>(trial->run->step()); }
EMSCRIPTEN_KEEPALIVE double ip_end(Trial* trial) { return static_cast<double>(trial->measured->end()); }
/// The result line of a run that is over. seconds: what it took, as the caller measured it.
EMSCRIPTEN_KEEPALIVE const char* ip_result(Trial* trial, double seconds) {
  Json line = Json::parse(trial->measured->result());
  line["seconds"] = seconds;
  return hand_out(line);
}

/// The report of `induction experiment`: results is a list with one list of result lines (as texts) for each arm.
EMSCRIPTEN_KEEPALIVE const char* ip_report(const char* text, const char* results) {
  Experiment experiment;
  StopRules rules;
  if (const Problems found = read(text, experiment, rules); !found.empty()) return hand_out(found);
  const Json lists = Json::parse(results, nullptr, false);
  std::vector<std::vector<std::string>> lines(experiment.arms.size());
  const Problems wrong = {{"", "the results must be one list of result lines for each arm"}};
  if (!lists.is_array() || lists.size() != lines.size()) return hand_out(wrong);
  for (size_t arm = 0; arm < lines.size(); ++arm) {
    if (!lists[arm].is_array()) return hand_out(wrong);
    for (const Json& line : lists[arm]) {
      if (!line.is_string()) return hand_out(wrong);
      lines[arm].push_back(line.get<std::string>());
    }
  }
  Json report = {{"problems", Json::array()}};
  report.update(Json::parse(experiment_report(experiment, lines, "page")));
  return hand_out(report);
}

}  // extern "C"
