#include "checkpoints.hpp"

#include <algorithm>
#include <filesystem>

#include "files.hpp"
#include "machine.hpp"
#include "refusal.hpp"
#include "snapshot.hpp"

namespace induction {
namespace {

namespace fs = std::filesystem;

constexpr const char *kPrefix = "step-", *kSuffix = ".safetensors";
constexpr int kDigits = 9;  // as many as the largest `steps`, so that names sort like steps

std::string kept_folder(const std::string& folder) { return folder + "/checkpoints"; }

std::string kept_path(const std::string& folder, uint64_t step) {
  std::string digits = std::to_string(step);
  digits.insert(0, static_cast<size_t>(std::max(0, kDigits - static_cast<int>(digits.size()))), '0');
  return kept_folder(folder) + "/" + kPrefix + digits + kSuffix;
}

std::optional<uint64_t> step_of_name(const std::string& name) {
  const size_t before = std::string(kPrefix).size();
  if (name.size() < before + kDigits || name.rfind(kPrefix, 0) != 0) return {};
  const std::string digits = name.substr(before, kDigits);
  if (name.substr(before + kDigits) != kSuffix || digits.find_first_not_of("0123456789") != std::string::npos) return {};
  return std::stoull(digits);
}

void make_kept_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(kept_folder(folder), error);
  if (error) refuse(in_quotes(kept_folder(folder)) + " cannot be made: " + error.message());
}

}  // namespace

CheckpointPlan::CheckpointPlan(const std::string& text) : log_(text == "log") {
  if (log_) return;
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (!digits) refuse("--checkpoint-every is " + in_quotes(text) + "; it must be a whole number of steps or log");
  every_ = whole_number("--checkpoint-every", text, 1, 100000000);
}

bool CheckpointPlan::due(uint64_t step) const {
  if (log_) return (step & (step - 1)) == 0;  // 0 and the powers of two
  return every_ > 0 && step % every_ == 0;
}

std::vector<KeptCheckpoint> kept_checkpoints(const std::string& folder) {
  std::vector<KeptCheckpoint> list;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(kept_folder(folder), none))
    if (const auto step = step_of_name(entry.path().filename().string())) list.push_back({*step, entry.path().string()});
  std::sort(list.begin(), list.end(), [](const KeptCheckpoint& a, const KeptCheckpoint& b) { return a.step < b.step; });
  return list;
}

void keep_checkpoint(const std::string& folder, Run& run) {
  make_kept_folder(folder);
  write_atomic(kept_path(folder, run.step()), save_run(run, Contents::checkpoint));
}

void drop_checkpoints(const std::string& folder, std::optional<uint64_t> after) {
  std::error_code error;
  for (const KeptCheckpoint& kept : kept_checkpoints(folder))
    if (!after || kept.step > *after) {
      fs::remove(kept.path, error);
      if (error) refuse(in_quotes(kept.path) + " cannot be removed: " + error.message());
    }
  if (!after) fs::remove(kept_folder(folder), error);  // stays when something else lies in it
}

void copy_checkpoints(const std::string& from, const std::string& to, uint64_t step) {
  constexpr uint64_t kMaxFile = uint64_t{4} << 30;  // bytes
  for (const KeptCheckpoint& kept : kept_checkpoints(from)) {
    if (kept.step > step) continue;
    make_kept_folder(to);
    write_atomic(kept_path(to, kept.step), read_bytes(kept.path, kMaxFile));
  }
}

}  // namespace induction
