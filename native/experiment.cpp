// `induction experiment`: runs a spec of the catalogue, or of a file, and says whether its claim is reproduced. An experiment is a
// sweep with a verdict: the runs are those of `induction sweep`, to the bit.

#include "experiment.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <unordered_map>

#include "command.hpp"
#include "cores.hpp"
#include "experiment_verdict.hpp"
#include "files.hpp"
#include "machine.hpp"
#include "refusal.hpp"
#include "signals.hpp"
#include "sweep_make.hpp"

namespace induction {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxSpecFile = 1 << 20;  // bytes
constexpr uint64_t kMostSeeds = 10'000;

struct ExperimentFlags {
  MachineFlags machine;
  std::string name, seeds, out, runs, jobs;
  bool list = false, show = false, quiet = false, json = false;
};

// A folder for the runs of a call that keeps none; it goes with it.
class ScratchFolder {
 public:
  ScratchFolder() : path_((fs::temp_directory_path() / "induction-XXXXXX").string()) {
    if (!::mkdtemp(path_.data())) refuse("no folder can be made in " + in_quotes(fs::temp_directory_path().string()) + "; give --runs DIR");
  }
  ~ScratchFolder() {
    std::error_code none;
    fs::remove_all(path_, none);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Names that share their beginning with the word, or have it inside; all of them when there is none.
std::string near_names(const std::string& word) {
  std::string near, all;
  for (const CatalogueEntry& entry : experiment_catalogue()) {
    const std::string name = entry.name;
    all += (all.empty() ? "" : ", ") + name;
    size_t same = 0;
    while (same < std::min(name.size(), word.size()) && name[same] == word[same]) ++same;
    if (same >= 3 || (word.size() >= 3 && name.find(word) != std::string::npos)) near += (near.empty() ? "" : " or ") + name;
  }
  return near.empty() ? "; there are " + all : "; did you mean " + near + "?";
}

std::string spec_text(const std::string& name) {
  if (name.size() > 5 && name.rfind(".json") == name.size() - 5) return read_text(name, kMaxSpecFile);
  for (const CatalogueEntry& entry : experiment_catalogue())
    if (name == entry.name) return entry.text;
  refuse("there is no experiment " + in_quotes(name) + near_names(name));
}

Experiment parsed(const std::string& text, const std::string& name) {
  Experiment experiment;
  if (const Problems found = experiment_from_json(text, experiment); !found.empty())
    refuse("the experiment " + in_quotes(name) + ": " + found[0].message);
  return experiment;
}

// The runs as the SPEC of a sweep: the list turns slowest, so arm i has the points i · seeds … (i + 1) · seeds - 1.
std::string sweep_text(const Experiment& experiment, uint32_t seeds) {
  Json list = Json::array({Json::object()});
  for (size_t i = 1; i < experiment.arms.size(); ++i) list.push_back(Json::parse(experiment.arms[i].knobs));
  Json spec = {{"base", Json::parse(experiment.arms[0].knobs)}, {"list", std::move(list)}, {"seeds", seeds}};
  if (!experiment.stop.empty()) spec["stop"] = experiment.stop;
  return spec.dump();
}

std::vector<std::vector<std::string>> results_of(const Experiment& experiment, uint32_t seeds, const Plan& plan, SweepFolder& folder) {
  std::unordered_map<uint64_t, size_t> arm_of;
  for (const Point& point : plan.points()) arm_of[point.id] = static_cast<size_t>(point.index / seeds);
  std::vector<std::map<uint32_t, std::string>> by_seed(experiment.arms.size());
  const int file = ::open(folder.file(kResultsFile).c_str(), O_RDONLY | O_CLOEXEC);
  LineReader reader(file, folder.file(kResultsFile));
  each_result(reader, [&](const Result& result, const std::string& line) {
    if (const auto at = arm_of.find(result.id); at != arm_of.end())
      by_seed[at->second].try_emplace(result.json["config"]["seed"].get<uint32_t>(), line);
  });
  ::close(file);
  std::vector<std::vector<std::string>> results(experiment.arms.size());
  for (size_t i = 0; i < results.size(); ++i)
    for (const auto& [seed, line] : by_seed[i]) results[i].push_back(line);
  return results;
}

std::string cell(const Json& quartiles) {
  const auto number = [](const Json& value) { return value.is_null() ? std::string("none") : value.dump(); };
  return number(quartiles["median"]) + " (" + number(quartiles["q1"]) + " to " + number(quartiles["q3"]) + ")";
}

// What a person reads: the claim, each arm's medians with quartiles, the verdict.
std::string report_text(const Experiment& experiment, const Json& report) {
  std::string text = experiment.title + "\n" + experiment.claim + " [" + experiment.source + "]\n\n";
  for (const Json& arm : report["arms"]) {
    text += arm["name"].get<std::string>() + ", " + std::to_string(arm["runs"].size()) + " runs\n";
    for (const std::string& measure : experiment.measures) text += "  " + measure + "  " + cell(arm["summary"][measure]) + "\n";
  }
  return text + "\n" + report["verdict"].get<std::string>() + ": " + report["evidence"].get<std::string>() + "\n" +
         report["machine_seconds"].dump() + " s of machine time\n";
}

int list_experiments(bool json) {
  std::string text;
  Json all = Json::array();
  for (const CatalogueEntry& entry : experiment_catalogue()) {
    const Experiment experiment = parsed(entry.text, entry.name);
    all.push_back({{"name", entry.name}, {"title", experiment.title}, {"claim", experiment.claim}});
    text += std::string(entry.name) + std::string(std::max<size_t>(2, 24 - std::string(entry.name).size()), ' ') + experiment.claim + "\n";
  }
  print_out(json ? all.dump(1) + "\n" : text);
  return kDone;
}

// A file that cannot be written is refused before the runs, not after.
void check_writable(const std::string& path) {
  if (path.empty()) return;
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  std::error_code error;
  if (fs::is_directory(path, error)) refuse("--out is " + in_quotes(path) + ", which is a folder; it must be a file");
  if (!fs::is_directory(folder, error)) refuse("--out is " + in_quotes(path) + "; there is no folder " + in_quotes(folder.string()));
  if (::access(folder.c_str(), W_OK | X_OK) != 0) refuse("--out is " + in_quotes(path) + "; its folder cannot be written");
}

int run_experiment(const ExperimentFlags& flags, const Experiment& experiment) {
  const auto seeds = static_cast<uint32_t>(flags.seeds.empty() ? experiment.seeds : whole_number("--seeds", flags.seeds, 1, kMostSeeds));
  constexpr uint64_t kMostJobs = 4096;
  const auto jobs = static_cast<uint32_t>(flags.jobs.empty() ? usable_cores() : whole_number("--jobs", flags.jobs, 1, kMostJobs));
  check_writable(flags.out);
  const Plan plan(sweep_text(experiment, seeds), "the experiment " + in_quotes(experiment.name), {}, true);
  plan.check_memory_of(jobs);
  std::optional<ScratchFolder> scratch;
  if (flags.runs.empty()) scratch.emplace();
  SweepFolder folder(scratch ? scratch->path() : flags.runs);
  folder.adopt(plan);
  SweepMaking(plan, plan.points(), folder, flags.quiet).make(kernels_of(flags.machine), jobs, kMostPoints);
  if (caught_signal()) {
    std::fprintf(
        stderr, "induction: stopped by a signal: %s\n",
        scratch ? "no run is kept; with --runs DIR the same command goes on where it was" : "the same command goes on with the rest");
    return 128 + caught_signal();
  }
  const std::string report = experiment_report(experiment, results_of(experiment, seeds, plan, folder), INDUCTION_VERSION);
  if (!flags.out.empty()) write_atomic(flags.out, report + "\n");
  if (flags.json)
    print_out(report + "\n");
  else if (!flags.quiet)
    print_out(report_text(experiment, Json::parse(report)));
  return kDone;
}

int experiment_main(const ExperimentFlags& flags) {
  if (flags.list) return list_experiments(flags.json);
  if (flags.name.empty()) refuse("a NAME is needed: induction experiment NAME; induction experiment --list shows them");
  const std::string text = spec_text(flags.name);
  const Experiment experiment = parsed(text, flags.name);
  if (!flags.show) return run_experiment(flags, experiment);
  print_out(text);
  return kDone;
}

}  // namespace

Command experiment_command(CLI::App& app) {
  const auto flags = std::make_shared<ExperimentFlags>();
  CLI::App* command = app.add_subcommand("experiment", "Test a claim about induction heads: runs, measurements, verdict");
  const auto option = [&](const char* name, std::string& text, const std::string& type, const std::string& help) {
    command->add_option(name, text, help)->type_name(type)->take_last();
  };
  option("name", flags->name, "NAME|FILE.json", "An experiment of --list, or a file with a spec (docs/experiments.md)");
  option("--seeds", flags->seeds, "N", "Seeds 0 to N - 1 of each arm (default: the spec's); fewer than 5 decide nothing");
  option("--out", flags->out, "FILE.json", "Write every number, the quartiles and the verdict there");
  option("--runs", flags->runs, "DIR", "Keep the runs as a sweep; what is done there is not done again");
  option("--jobs", flags->jobs, "N", "Runs at a time (default: the cores that this process may use)");
  command->add_flag("--list", flags->list, "List the experiments");
  command->add_flag("--show", flags->show, "Print the spec and run nothing");
  command->add_flag("--quiet", flags->quiet, "No progress and no report");
  command->add_flag("--json", flags->json, "The report, or the list, as JSON");
  add_kernels_flag(*command, flags->machine);
  return {command, [flags] { return experiment_main(*flags); }};
}

}  // namespace induction
