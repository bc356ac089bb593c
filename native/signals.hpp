#pragma once
// Ctrl-C and SIGTERM: the first asks to stop after the current step, a second one ends the program at once.

namespace induction {

void catch_signals();
/// The signal that asked to stop, or 0.
int caught_signal();

}  // namespace induction
