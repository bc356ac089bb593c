// What sets two runs apart before they begin.
import type { Config, Knob, KnobValue } from '@core/loader.mjs';
import type { Change } from '../changes.ts';
import { strings } from '../strings.ts';

export interface Difference {
  knob: Knob;
  a: KnobValue;
  b: KnobValue;
}

/** In the order of the schema. */
export function differences(knobs: readonly Knob[], a: Config, b: Config): Difference[] {
  return knobs.flatMap((knob) => (a[knob.name] === b[knob.name] ? [] : [{ knob, a: a[knob.name], b: b[knob.name] }]));
}

/** What is changed on the way, a line per change: at step 120: lr=0.003, ablate 1.2 zero. '' for nothing. */
export function changeLines(changes: readonly Change[], at: (step: number) => string, none: string): string {
  return changes
    .map((change) => {
      const values = Object.entries(change.knobs).map(([name, value]) => `${name}=${value}`);
      const held = change.interventions?.length === 0 ? [none] : (change.interventions ?? []);
      return `${at(change.at)} ${[...(change.phase ? [strings.new_phase] : []), ...values, ...held].join(', ')}`;
    })
    .join('; ');
}
