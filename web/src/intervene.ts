// Holds other interventions in a running model, with what that does to it measured at once.
import type { ProbeRecord, Trainer } from '@core/loader.mjs';

/** Probes of the same parameters without and with the change. Throws CoreError and changes nothing when one has no place. */
export function intervene(trainer: Trainer, interventions: string[]): { before: ProbeRecord; after: ProbeRecord } {
  const before = trainer.probe();
  trainer.intervene(interventions);
  return { before, after: trainer.probe() };
}
