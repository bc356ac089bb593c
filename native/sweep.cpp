// `induction sweep`: makes the runs of a spec, as many at a time as there are cores, and keeps one line of each.

#include "command.hpp"
#include "cores.hpp"
#include "files.hpp"
#include "machine.hpp"
#include "refusal.hpp"
#include "signals.hpp"
#include "sweep_make.hpp"
#include "sweep_summary.hpp"

namespace induction {
namespace {

struct SweepFlags {
  MachineFlags machine;
  std::string spec, out, summary, shard, jobs, limit;
  std::vector<std::string> stop;
  bool quiet = false, json = false, dry_run = false, yes = false;
};

struct Shard {
  uint32_t part = 0, parts = 1;
};

Shard read_shard(const std::string& text) {
  if (text.empty()) return {};
  const size_t slash = text.find('/');
  constexpr uint64_t kMostParts = 1'000'000;
  const auto digits = [](const std::string& word) {
    return !word.empty() && word.size() < 9 && word.find_first_not_of("0123456789") == std::string::npos;
  };
  const std::string part = text.substr(0, slash), parts = slash == std::string::npos ? "" : text.substr(slash + 1);
  if (!digits(part) || !digits(parts) || std::stoull(part) >= std::stoull(parts) || std::stoull(parts) > kMostParts)
    refuse("--shard is " + in_quotes(text) + "; it must be i/n with i from 0 to n - 1, such as 0/4");
  return {static_cast<uint32_t>(std::stoull(part)), static_cast<uint32_t>(std::stoull(parts))};
}

// "12 finished, 1 stopped early, 1 diverged; 9 with an induction head"
std::string tally_text(const Tally& tally) {
  std::string text = std::to_string(tally.finished) + " finished";
  if (tally.stopped) text += ", " + std::to_string(tally.stopped) + " stopped early";
  if (tally.diverged) text += ", " + std::to_string(tally.diverged) + " diverged";
  return text + "; " + std::to_string(tally.onsets) + " with an induction head";
}

Json tally_json(const Tally& tally) {
  return {{"done", tally.runs},
          {"finished", tally.finished},
          {"stopped", tally.stopped},
          {"diverged", tally.diverged},
          {"onsets", tally.onsets}};
}

// --dry-run: which runs there are, and which of them are done in --out.
int list_runs(const SweepFlags& flags, const Plan& plan, const std::vector<Point>& points) {
  std::optional<SweepFolder> folder;
  if (!flags.out.empty() && holds_sweep(flags.out)) folder.emplace(flags.out);
  std::string text;
  uint64_t done = 0;
  for (const Point& point : points) {
    const bool is_done = folder && folder->done(point.id);
    done += is_done;
    const Json knobs = plan.knobs(point);
    if (flags.json)
      text += Json{{"id", id_text(point.id)}, {"done", is_done}, {"knobs", knobs}}.dump() + "\n";
    else
      text += id_text(point.id) + (is_done ? "  done     " : "  missing  ") + knobs_text(knobs) + "\n";
  }
  if (!flags.json) {
    text += std::to_string(points.size()) + " runs, " + std::to_string(done) + " done";
    if (plan.repeated()) text += "; " + std::to_string(plan.repeated()) + " points that repeat another one are left out";
    text += "\n";
  }
  print_out(text);
  return kDone;
}

void report(const SweepFlags& flags, SweepFolder& folder, const std::vector<Point>& points, uint64_t made) {
  const Tally tally = folder.tally(points);
  const bool whole = tally.runs == points.size();
  if (flags.json) {
    Json json = {{"folder", folder.path()}, {"runs", points.size()}, {"made", made}};
    json.update(tally_json(tally));
    print_out(json.dump() + "\n");
  } else if (!flags.quiet) {
    print_out(std::to_string(tally.runs) + " of " + std::to_string(points.size()) + " runs are done (" + tally_text(tally) + "), " +
              std::to_string(made) + " of them now; written to " + folder.path() + "\n");
  }
  if (whole || (!caught_signal() && flags.quiet)) return;
  std::fprintf(stderr,
               "induction: %s%s of %s runs are done; the same command, or\n  induction sweep %s --out %s%s\ngoes on with the rest\n",
               caught_signal() ? "stopped by a signal: " : "", std::to_string(tally.runs).c_str(), std::to_string(points.size()).c_str(),
               folder.file(kSpecFile).c_str(), folder.path().c_str(), (flags.shard.empty() ? "" : " --shard " + flags.shard).c_str());
}

int summarise(const SweepFlags& flags) {
  if (!flags.spec.empty()) refuse(in_quotes(flags.spec) + " is not expected here: --summary takes the folder of a sweep alone");
  want_sweep(flags.summary);
  SweepFolder folder(flags.summary);
  const uint64_t runs = write_summary(folder);
  if (!flags.quiet) print_out(std::to_string(runs) + " runs in " + folder.file(kCsvFile) + " and " + folder.file(kSqliteFile) + "\n");
  return kDone;
}

int sweep(const SweepFlags& flags) {
  if (!flags.summary.empty()) return summarise(flags);
  if (flags.spec.empty()) refuse("a SPEC is needed: induction sweep SPEC.json --out DIR; see induction sweep --help");
  if (flags.out.empty() && !flags.dry_run) refuse("--out is required: the folder for the results");
  constexpr uint64_t kMostJobs = 4096;
  const uint64_t jobs = flags.jobs.empty() ? usable_cores() : whole_number("--jobs", flags.jobs, 1, kMostJobs);
  const uint64_t limit = flags.limit.empty() ? kMostPoints : whole_number("--limit", flags.limit, 1, kMostPoints);
  const Shard shard = read_shard(flags.shard);
  (void)kernels_of(flags.machine);
  const Plan plan = read_plan(flags.spec, flags.stop, flags.yes);
  const std::vector<Point> points = plan.shard(shard.part, shard.parts);
  if (flags.dry_run) return list_runs(flags, plan, points);
  plan.check_memory_of(static_cast<uint32_t>(jobs));
  SweepFolder folder(flags.out);
  folder.adopt(plan);
  if (!folder.locks_supported())
    std::fprintf(stderr, "induction: the file system of '%s' has no locks; let one process at a time work there\n", flags.out.c_str());
  SweepMaking making(plan, points, folder, flags.quiet);
  const uint64_t made = making.make(kernels_of(flags.machine), static_cast<uint32_t>(jobs), limit);
  write_summary(folder);
  report(flags, folder, points, made);
  return caught_signal() ? 128 + caught_signal() : kDone;
}

}  // namespace

Command sweep_command(CLI::App& app) {
  const auto flags = std::make_shared<SweepFlags>();
  CLI::App* command = app.add_subcommand("sweep", "Make many runs from a spec, and keep one line of each");
  const auto option = [&](const char* name, std::string& text, const char* type, const std::string& help) {
    command->add_option(name, text, help)->type_name(type)->take_last();
  };
  option("spec", flags->spec, "SPEC.json", "The runs: base, grid, list, random, seeds, stop (docs/sweeps.md)");
  option("--out", flags->out, "DIR", "Folder for results.jsonl, summary.csv and sweep.sqlite; what is done there is not done again");
  option("--jobs", flags->jobs, "N", "Runs at a time (default: the cores that this process may use)");
  option("--shard", flags->shard, "I/N", "Make part I of N only, I from 0 to N - 1; induction merge joins the parts");
  option("--limit", flags->limit, "N", "Make at most N runs now");
  command
      ->add_option("--stop", flags->stop,
                   "Rules for a run's end: after-onset, after-onset:STEPS, diverged, ablations; may be given again; replaces the spec's")
      ->type_name("RULE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  option("--summary", flags->summary, "DIR", "Only write summary.csv and sweep.sqlite of this sweep anew");
  command->add_flag("--dry-run", flags->dry_run, "List the runs and make none");
  command->add_flag("--yes", flags->yes, "Allow more than " + std::to_string(kManyPoints) + " points");
  command->add_flag("--quiet", flags->quiet, "No progress and no report");
  command->add_flag("--json", flags->json, "The report, or the list of --dry-run, as JSON");
  add_kernels_flag(*command, flags->machine);
  return {command, [flags] { return sweep(*flags); }};
}

}  // namespace induction
