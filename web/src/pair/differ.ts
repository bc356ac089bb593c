// What sets two runs apart before they begin.
import type { Config, Knob, KnobValue } from '@core/loader.mjs';

export interface Difference {
  knob: Knob;
  a: KnobValue;
  b: KnobValue;
}

/** In the order of the schema. */
export function differences(knobs: readonly Knob[], a: Config, b: Config): Difference[] {
  return knobs.flatMap((knob) => (a[knob.name] === b[knob.name] ? [] : [{ knob, a: a[knob.name], b: b[knob.name] }]));
}
