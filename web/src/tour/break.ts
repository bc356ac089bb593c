// The step of the tour that breaks one half of the circuit: all heads that look one token back are switched off at once, since any one of
// them would do. What is said of it is what was measured.
import type { App } from '../app.ts';
import { headName } from '../format.ts';
import { tourStrings as words } from '../strings_tour.ts';
import { choose, formed, nameOf } from './model.ts';

/** Scores of the induction head around the change. */
let scores = { off: [] as string[], head: '', before: 0, after: 0 };

export async function breakNotes(app: App): Promise<void> {
  if (!formed(app)) return;
  await app.pause();
  const head = nameOf(app, 'induction');
  const team = (app.series.latest?.heads ?? []).filter(({ role }) => role === 'previous token');
  const off = team.map(({ layer, head: index }) => headName(layer, index));
  // Already broken: nothing plays that role any more.
  if (off.length > 0) {
    const before = inductionScore(app, head);
    await app.surgery.hold(() => off.map((name) => `ablate ${name} zero`));
    scores = { off, head, before, after: inductionScore(app, head) };
  }
  choose(app, 'induction');
}

export function brokenText({ surgery: { effect, held } }: App): string {
  const { off, head, before, after } = scores;
  if (held.length === 0 || !effect) return words.break_no;
  return `${words.break_now(off, head, before, after)} ${words.break_cost(effect.before, effect.after)}`;
}

function inductionScore({ series }: App, name: string): number {
  const found = series.latest?.heads.find(({ layer, head }) => headName(layer, head) === name);
  return found?.induction ?? 0;
}
