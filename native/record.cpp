// `induction record`: a run as files for an article: a poster, and a recording that the figure plays until training is there.

#include <filesystem>
#include <nlohmann/json.hpp>

#include "files.hpp"
#include "knob_flags.hpp"
#include "machine.hpp"
#include "pool.hpp"
#include "poster.hpp"
#include "probes/prompt.hpp"
#include "progress.hpp"
#include "recording.hpp"
#include "refusal.hpp"
#include "signals.hpp"
#include "snapshot.hpp"

namespace induction {
namespace {

using Json = nlohmann::ordered_json;

constexpr uint64_t kMostMaps = 160 << 10;         // bytes, unless --frames says more
constexpr uint64_t kMostBytes = 64 << 20;         // what a page takes (web/element/recording.ts)
constexpr size_t kFrames = 48, kLeastFrames = 8;  // of a run of small and of large maps
constexpr size_t kMostFrames = 1000, kMostStates = 64, kMostRecords = 256;
constexpr uint64_t kPerProbe = 5;  // maps are looked at so often between two probes; most are left out in the end

struct RecordFlags {
  KnobFlags knobs;
  CourseFlags course;
  MachineFlags machine;
  std::string out, poster, theme = "auto", frames, checkpoints = "3";
  bool force = false, json = false;
};

// How much is kept of the run.
struct Sizes {
  size_t frames, states;
};

// Trains, and keeps what a recording needs.
class Camera {
 public:
  Camera(Run& run, const Sizes& sizes, Recording& recording)
      : run_(run), sizes_(sizes), recording_(recording), prompt_(run.config(), run.held()), last_(run.course().length()) {
    const Dataset& dataset = run.trainer().dataset;
    for (const uint32_t token : dataset.example().tokens) recording.tokens.push_back(static_cast<int32_t>(token));
    for (uint32_t token = 0; token < token_count(run.config()); ++token) recording.labels.push_back(dataset.label(token));
  }

  /// A sentence when the numbers ran away.
  std::string train() {
    look();
    while (run_.step() < last_ && !caught_signal()) {
      const Run::Report report = run_.advance(1);
      if (!report.stopped.empty()) return report.stopped;
      look();
      progress_.due() ? progress_.draw(status(report.loss)) : void();
    }
    progress_.clear();
    thin_frames(sizes_.frames);
    thin_records();
    return "";
  }

  /// The maps and the scores at the end, for the poster.
  PromptResult maps() { return prompt_.run(run_.cpu().region(run_.trainer().program.parameter_region), recording_.tokens); }
  ProbeRecord end() { return on_schedule(1) ? recording_.records.back() : run_.probe(); }

 private:
  bool on_schedule(uint64_t parts) const {
    const uint64_t every = std::max<uint64_t>(1, static_cast<uint64_t>(run_.config().probe_every) / parts);
    return run_.step() % every == 0;
  }

  void look() {
    if (on_schedule(1)) recording_.records.push_back(run_.probe());
    if (recording_.records.size() > 4 * kMostRecords) thin_records();
    if (on_schedule(kPerProbe) || run_.step() == last_) add_frame();
    keep_state();
  }

  void add_frame() {
    // Another phase may hold other things in the model.
    if (generation_ != run_.generation()) prompt_ = PromptRunner(run_.config(), run_.held()), generation_ = run_.generation();
    if (recording_.frames.size() >= 4 * sizes_.frames) thin_frames(2 * sizes_.frames);
    recording_.frames.push_back({run_.step(), run_.signature(), quantised(maps().pattern, run_.config(), recording_.tokens.size())});
  }

  // As far apart as that many can be, the last one at the end: what lies between is trained again.
  void keep_state() {
    const size_t next = recording_.states.size() + 1;
    if (next > sizes_.states || run_.step() != (last_ * next + sizes_.states - 1) / sizes_.states) return;
    recording_.states.push_back({run_.step(), run_.signature(), save_run(run_, Contents::checkpoint)});
  }

  template <class Thing>
  void thin(std::vector<Thing>& things, size_t most) const {
    std::vector<uint64_t> steps;
    for (const Thing& thing : things) steps.push_back(thing.step);
    std::vector<Thing> kept;
    for (const size_t i : worth_keeping(steps, recording_.records.back().onset, most)) kept.push_back(std::move(things[i]));
    things = std::move(kept);
  }
  void thin_frames(size_t most) { thin(recording_.frames, most); }
  void thin_records() { thin(recording_.records, kMostRecords); }

  Status status(double loss) const {
    const ProbeRecord& record = recording_.records.back();
    const double none = std::nan("");
    return {run_.step(),
            last_,
            none,
            none,
            loss,
            record.seen.loss_rep,
            best_score(record, &PatternScores::previous_token),
            best_score(record, &PatternScores::induction),
            nullptr};
  }

  Run& run_;
  Sizes sizes_;
  Recording& recording_;
  PromptRunner prompt_;
  uint64_t last_, generation_ = 0;
  Progress progress_;
};

void check_target(const std::string& flag, const std::string& path, bool force) {
  std::error_code none;
  if (path.empty()) return;
  if (std::filesystem::is_directory(path, none)) refuse(flag + " is " + in_quotes(path) + ", which is a folder; it must be a file");
  if (!force && std::filesystem::exists(path, none))
    refuse(flag + ": there is a file " + in_quotes(path) + " already; give --force to replace it");
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty() && !std::filesystem::is_directory(folder, none)) refuse(flag + ": there is no folder " + in_quotes(folder.string()));
}

void check_files(const RecordFlags& flags) {
  if (flags.out.empty() && flags.poster.empty()) refuse("--out or --poster is required: nothing else says what to write");
  if (flags.out == flags.poster) refuse("--out and --poster are both " + in_quotes(flags.out) + "; they must be two files");
  check_target("--out", flags.out, flags.force);
  check_target("--poster", flags.poster, flags.force);
}

Sizes sizes_of(const RecordFlags& flags, Run& run) {
  const uint64_t each = map_bytes(run.config(), run.trainer().dataset.example().tokens.size());
  const uint64_t fit = std::clamp<uint64_t>(kMostMaps / each, kLeastFrames, kFrames);
  const uint64_t frames = flags.frames.empty() ? fit : whole_number("--frames", flags.frames, 2, kMostFrames);
  const uint64_t states = flags.out.empty() ? 0 : whole_number("--checkpoints", flags.checkpoints, 0, kMostStates);
  const uint64_t bytes = frames * each + states * 3 * sizeof(float) * run.trainer().program.parameter_region.size;
  if (bytes > kMostBytes)
    refuse("the recording would take " + std::to_string(bytes >> 20) + " MiB, and a page takes " + std::to_string(kMostBytes >> 20) +
           " at most; give fewer --frames (here " + std::to_string(frames) + ") or --checkpoints (here " + std::to_string(states) + ")");
  return {static_cast<size_t>(frames), static_cast<size_t>(states)};
}

int tell(const RecordFlags& flags, Run& run, const Recording& recording, size_t size) {
  const std::string signature = run.signature();
  if (flags.json) {
    Json told = {{"steps", run.step()}, {"signature", signature}};
    if (!flags.out.empty())
      told.update({{"out", flags.out}, {"bytes", size}, {"frames", recording.frames.size()}, {"checkpoints", recording.states.size()}});
    if (!flags.poster.empty()) told.update({{"poster", flags.poster}});
    print_out(told.dump() + "\n");
    return kDone;
  }
  std::string text = "signature " + signature + " at step " + std::to_string(run.step());
  if (!flags.out.empty())
    text += ", " + std::to_string(recording.frames.size()) + " pictures and " + std::to_string(recording.states.size()) +
            " checkpoints in " + std::to_string((size + 1023) / 1024) + " KiB written to " + flags.out;
  if (!flags.poster.empty()) text += ", poster written to " + flags.poster;
  print_out(text + "\n");
  return kDone;
}

int record(const RecordFlags& flags) {
  check_files(flags);
  const Theme theme = theme_of(flags.theme);
  CourseText parts;
  const Config config = chosen_config(flags.knobs, {}, &parts);
  Recording recording;
  recording.course = chosen_course(config, parts, flags.course);
  recording.preset = flags.knobs.preset;
  check_course(recording.course);
  Pool pool(threads_of(flags.machine));
  const std::unique_ptr<Run> run = Run::create(recording.course, pool.threads(), pool.parallel(), kernels_of(flags.machine));
  if (!run) refuse("there is not enough memory for this configuration; make batch, n_ctx, n_heads or d_model smaller");
  Camera camera(*run, sizes_of(flags, *run), recording);
  catch_signals();
  if (const std::string stopped = camera.train(); !stopped.empty()) {
    std::fprintf(stderr, "induction: %s\n", stopped.c_str());
    return kRanAway;
  }
  if (caught_signal()) {
    std::fprintf(stderr, "induction: stopped by a signal at step %s; nothing was written\n", std::to_string(run->step()).c_str());
    return 128 + caught_signal();
  }
  const std::vector<uint8_t> bytes = flags.out.empty() ? std::vector<uint8_t>() : recording_bytes(recording);
  if (!flags.poster.empty()) write_atomic(flags.poster, poster_svg({recording, camera.end(), camera.maps().pattern, theme}));
  if (!flags.out.empty()) write_atomic(flags.out, bytes);
  return tell(flags, *run, recording, bytes.size());
}

}  // namespace

Command record_command(CLI::App& app) {
  const auto flags = std::make_shared<RecordFlags>();
  CLI::App* command = app.add_subcommand("record", "Make a poster and a recording of a run, for a figure in an article");
  const auto text = [&](const char* name, std::string& value, const char* doc, const char* type) {
    command->add_option(name, value, doc)->type_name(type)->take_last();
  };
  text("--out", flags->out, "Where to write the recording, which <induction-playground recording=...> plays and goes on from", "FILE.irec");
  text("--poster", flags->poster, "Where to write a picture of the heads at the end, with the loss", "FILE.svg");
  text("--theme", flags->theme, "Colours of the poster; auto (default) follows the reader's", "auto|light|dark");
  text("--frames", flags->frames, "Pictures of the heads, closest together near an onset (default: at most 48, in some 160 KiB)", "N");
  text("--checkpoints", flags->checkpoints,
       "States from which training goes on at once, evenly apart (default 3); with 0 it starts from the seed", "N");
  command->add_flag("--force", flags->force, "Replace files that are there already");
  command->add_flag("--json", flags->json, "The report as JSON");
  add_machine_flags(*command, flags->machine);
  add_course_flags(*command, flags->course);
  add_knob_flags(*command, flags->knobs);
  return {command, [flags] { return record(*flags); }};
}

}  // namespace induction
