// What is held in a trainer's model now, as core.create takes it.
import type { Intervention, Trainer } from '@core/loader.mjs';

export function heldIn({ course, step }: Trainer): Intervention[] {
  const phase = course.phases?.findLast(({ at = 0 }) => at <= step);
  return (phase ?? course).interventions ?? [];
}
