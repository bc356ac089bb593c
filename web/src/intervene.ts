// Holds other interventions in a running model, with what that does to it measured at once.
import type { ProbeRecord, Trainer } from '@core/loader.mjs';

/** Probes of the same parameters without and with the change. Throws CoreError and changes nothing when one has no place. */
export function intervene(trainer: Trainer, interventions: string[]): { before: ProbeRecord; after: ProbeRecord } {
  const before = trainer.probe();
  trainer.intervene(interventions);
  return { before, after: trainer.probe() };
}

/** What was to be changed after the present step is not. */
export function forgetLater(trainer: Trainer): void {
  const { course, step } = trainer;
  if (course.phases) trainer.follow({ ...course, phases: course.phases.filter(({ at = 0 }) => at <= step) });
}
