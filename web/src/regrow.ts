// The forks of a run whose worker has died, made again in the order in which they came off: what each one's settings say is all of it.
import type { App } from './app.ts';
import { effectiveCourse } from './changes.ts';
import type { BranchFacts } from './protocol.ts';
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
export function stepsOf({ facts, forks }: Grown): number {
  return facts.frontier - facts.from + forks.reduce((sum, fork) => sum + stepsOf(fork), 0);
}

/**
 * Trains all of it again in the run that has just been opened from root's settings, and shows the branch that was on show. false: somebody
 * did something else meanwhile, and the rest is left.
 */
export async function regrow(app: App, root: Grown, on_show: number): Promise<boolean> {
  const { client, timeline } = app;
  const ids = new Map<number, number>();
  // The tree and the records of the branch on show, before another one is.
  const look = async () => app.take(await client.call('frame', { shown: -1, buffer: null }));
  const here = ({ facts }: Grown) => timeline.facts.branch === ids.get(facts.id);
  const reach = async (grown: Grown, step: number) => {
    if (step > app.status.step) await app.advance(step - app.status.step);
    await look();
    return here(grown) && app.status.step === step;
  };
  const grow = async (grown: Grown): Promise<boolean> => {
    await look();
    ids.set(grown.facts.id, timeline.facts.branch);
    if (grown.name !== null) timeline.rename(timeline.facts.branch, grown.name);
    for (const fork of grown.forks) {
      if (!(await reach(grown, fork.facts.from))) return false;
      await come(app, fork);
      if (!(await grow(fork))) return false;
      await timeline.select(ids.get(grown.facts.id) ?? 0);
      await look();
      if (!here(grown)) return false;
    }
    return reach(grown, grown.facts.frontier);
  };
  if (!(await grow(root))) return false;
  const id = ids.get(on_show);
  if (id !== undefined && id !== timeline.facts.branch) await timeline.select(id);
  await look();
  return timeline.facts.branch === id;
}

/** The fork comes off where the model is. */
async function come(app: App, { facts, settings }: Grown): Promise<void> {
  const course = effectiveCourse(app.schema, settings);
  const status = await app.client.call('fork', { knobs: facts.knobs, course });
  app.setView({ ...settings, step: null });
  app.setStatus(status);
  app.take(await app.client.call('frame', { shown: -1, buffer: null }));
  app.timeline.dismiss();
}
