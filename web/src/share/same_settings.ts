// Whether two settings are of one run.
import type { Settings } from '../state.ts';

/** Is this the same run, whatever is looked at in it? */
export function sameSettings(a: Settings, b: Settings): boolean {
  const text = ({ preset, knobs, changes }: Settings) =>
    JSON.stringify([preset, changes, Object.entries(knobs).sort(([one], [two]) => (one < two ? -1 : 1))]);
  return text(a) === text(b);
}
