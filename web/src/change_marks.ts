// What was changed on the way, as marks on the curves.
import { type Change, heldAt } from './changes.ts';
import { strings } from './strings.ts';

export interface Mark {
  step: number;
  label: string;
  /** Labelled below the onsets. */
  low: boolean;
}

export function changeMarks(changes: readonly Change[]): Mark[] {
  return changes.map(({ at, knobs, interventions, phase }, i) => {
    const before = heldAt(changes.slice(0, i), at);
    const done = interventions ? strings.surgery_done(before, interventions) : '';
    const set = Object.entries(knobs).map(([name, value]) => `${name} ${value}`);
    const values = phase ? [strings.new_phase, ...set] : set;
    return { step: at, label: strings.change_mark(done, values), low: true };
  });
}
