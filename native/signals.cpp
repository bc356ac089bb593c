#include "signals.hpp"

#include <signal.h>
#include <unistd.h>

namespace induction {
namespace {

volatile sig_atomic_t caught = 0;

void on_signal(int number) {
  if (caught != 0) _exit(128 + number);
  caught = number;
}

}  // namespace

void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;  // a file that is being written is written to its end
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A terminal that closes, unless nohup said that this is nothing to us.
  struct sigaction hangup = {};
  if (sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
}

int caught_signal() { return caught; }

}  // namespace induction
