#pragma once
// A fixed set of threads that share the gradient chunks of a step. Nothing is allocated after construction.

#include <atomic>
#include <thread>
#include <vector>

#include "trainer.hpp"

namespace induction {

class Pool {
 public:
  /// The calling thread works too, so `threads` − 1 are started.
  explicit Pool(uint32_t threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  uint32_t threads() const { return static_cast<uint32_t>(workers_.size()) + 1; }
  /// Runs work(0 … n−1, thread) and returns when all are done.
  void run(uint32_t n, const Work& work);
  /// The same as what Run::create takes; empty for one thread. The pool must outlive it.
  Parallel parallel();

 private:
  void serve(uint32_t thread);
  void take_turns(uint32_t thread);

  std::vector<std::thread> workers_;
  const Work* work_ = nullptr;
  uint32_t count_ = 0;
  std::atomic<uint32_t> round_{0};  // rises when there is work
  std::atomic<uint32_t> next_{0};   // first index nobody has taken
  std::atomic<uint32_t> busy_{0};   // workers that have not finished the round
  std::atomic<bool> quit_{false};
};

}  // namespace induction
