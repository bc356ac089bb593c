// The branches of a run whose worker has died, made again: what each one's settings say is all of it, and a state that was kept of it saves
// the steps up to there.
import type { App } from './app.ts';
import { effectiveCourse } from './changes.ts';
import type { BranchFacts } from './protocol.ts';
import type { Held, HeldStates, Safe } from './safe.ts';
import type { Settings } from './state.ts';

/** A branch as it was, and what came off it, the earliest first. */
export interface Grown {
  facts: BranchFacts;
  settings: Settings;
  /** As the reader named it. */
  name: string | null;
  forks: Grown[];
}

/** The run itself with all that came off it; null: it has no forks, or not everything of them is known here. */
export function grownOf({ timeline, origin, settings: now }: App): Grown | null {
  const { branches } = timeline.tree;
  // A file's run begins with what is in the file, not with what settings say.
  if (branches.length < 2 || origin?.again) return null;
  const grown = new Map<number, Grown>();
  let root: Grown | null = null;
  // Older ones first: a fork comes after what it came off.
  for (const told of branches.toSorted((a, b) => a.id - b.id)) {
    // The tree is told when it changes, not when the branch on show grows.
    const on_show = told.id === timeline.facts.branch;
    const facts = on_show ? { ...told, frontier: timeline.frontier } : told;
    const settings = on_show ? now : timeline.known.get(told.id)?.settings;
    const parent = facts.parent === null ? null : grown.get(facts.parent);
    if (!settings || parent === undefined) return null;
    const one = { facts, settings, name: timeline.names.given(facts.id), forks: [] };
    grown.set(facts.id, one);
    if (parent) parent.forks.push(one);
    else root = one;
  }
  for (const { forks } of grown.values()) forks.sort((a, b) => a.facts.from - b.facts.from);
  return root;
}

/** Steps that are trained again. */
export function stepsOf({ facts, forks }: Grown, held: HeldStates): number {
  let steps = 0;
  let at = facts.from;
  const state = held.get(facts.id);
  for (const to of [...forks.map((fork) => fork.facts.from), facts.frontier]) {
    steps += to - reachedFrom(at, to, state);
    at = to;
  }
  return forks.reduce((sum, fork) => sum + stepsOf(fork, held), steps);
}

/** On the way to a step. */
export function reachedFrom(at: number, to: number, held: Held | undefined): number {
  return held && held.step > at && held.step <= to ? held.step : at;
}

/** Trains the branch on show up to a step, from the state that was kept of it where that lies on the way. */
export async function reach(app: App, safe: Safe, to: number, held: Held | undefined): Promise<void> {
  const from = reachedFrom(app.status.step, to, held);
  if (held && from > app.status.step) {
    // Its first probe, before those of the curves that it had.
    await look(app);
    const { series, ...state } = held;
    app.setStatus(await app.client.call('restore', state));
    app.series = series.until(from);
    safe.hold(app.timeline.facts.branch, held);
  }
  if (to > app.status.step) await app.advance(to - app.status.step);
}

/** The tree and the records of the branch on show, before another one is. */
async function look(app: App): Promise<void> {
  app.take(await app.client.call('frame', { shown: -1, buffer: null }));
}

/**
 * Trains all of it again in the run that has just been opened from root's settings, and shows the branch that was on show. false: somebody
 * did something else meanwhile, and the rest is left.
 */
export async function regrow(app: App, safe: Safe, root: Grown, held: HeldStates, on_show: number): Promise<boolean> {
  const { timeline } = app;
  const ids = new Map<number, number>();
  const here = ({ facts }: Grown) => timeline.facts.branch === ids.get(facts.id);
  const come = async (grown: Grown, step: number) => {
    await reach(app, safe, step, held.get(grown.facts.id));
    await look(app);
    return here(grown) && app.status.step === step;
  };
  const grow = async (grown: Grown): Promise<boolean> => {
    await look(app);
    timeline.dismiss();
    ids.set(grown.facts.id, timeline.facts.branch);
    if (grown.name !== null) timeline.rename(timeline.facts.branch, grown.name);
    for (const fork of grown.forks) {
      if (!(await come(grown, fork.facts.from))) return false;
      await comeOff(app, fork);
      if (!(await grow(fork))) return false;
      await timeline.select(ids.get(grown.facts.id) ?? 0);
      await look(app);
      if (!here(grown)) return false;
    }
    return come(grown, grown.facts.frontier);
  };
  if (!(await grow(root))) return false;
  const id = ids.get(on_show);
  if (id !== undefined && id !== timeline.facts.branch) await timeline.select(id);
  await look(app);
  return timeline.facts.branch === id;
}

/** The fork comes off where the model is. */
async function comeOff(app: App, { facts, settings }: Grown): Promise<void> {
  const course = effectiveCourse(app.schema, settings);
  const status = await app.client.call('fork', { knobs: facts.knobs, course });
  app.setView({ ...settings, step: null });
  app.setStatus(status);
}
