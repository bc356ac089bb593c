#include "pool.hpp"

namespace induction {
namespace {

// How long to wait awake: first without giving way, then offering the core to others at each look, about a millisecond in
// all. Waking a sleeping thread can cost as much as a tiny model's whole step.
constexpr int kSpins = 4000, kYields = 1000;

// Waits until `value` differs from `old`.
void wait_for_change(const std::atomic<uint32_t>& value, uint32_t old) {
  for (int i = 0; i < kSpins + kYields; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    if (i >= kSpins) std::this_thread::yield();
#if defined(__x86_64__)
    else
      __builtin_ia32_pause();
#endif
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

Pool::Pool(uint32_t threads) {
  for (uint32_t thread = 1; thread < threads; ++thread) workers_.emplace_back([this, thread] { serve(thread); });
}

Pool::~Pool() {
  quit_ = true;
  ++round_;
  round_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

Parallel Pool::parallel() {
  if (workers_.empty()) return {};
  return [this](uint32_t n, const Work& work) { run(n, work); };
}

// Chunks go to whoever is free: which thread computes a chunk changes no bit of it.
void Pool::take_turns(uint32_t thread) {
  for (;;) {
    const uint32_t index = next_.fetch_add(1, std::memory_order_relaxed);
    if (index >= count_) return;
    (*work_)(index, thread);
  }
}

void Pool::run(uint32_t n, const Work& work) {
  work_ = &work;
  count_ = n;
  next_.store(0, std::memory_order_relaxed);
  busy_.store(static_cast<uint32_t>(workers_.size()), std::memory_order_relaxed);
  // Publishes the four fields above to the workers.
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
  take_turns(0);
  for (uint32_t left = busy_.load(std::memory_order_acquire); left != 0; left = busy_.load(std::memory_order_acquire))
    wait_for_change(busy_, left);
}

void Pool::serve(uint32_t thread) {
  for (uint32_t seen = 0;; ++seen) {
    wait_for_change(round_, seen);
    if (quit_) return;
    take_turns(thread);
    if (busy_.fetch_sub(1, std::memory_order_acq_rel) == 1) busy_.notify_one();
  }
}

}  // namespace induction
