// After the page's worker has died: the same run in a new one, trained again up to where it was. The settings are the whole run, and those
// of its forks all of them, so that nothing is lost but the time that it takes; states that were kept outside the worker make that seconds.
import type { App } from './app.ts';
import { CallError, type Client, type Port, type Waiting } from './client.ts';
import { openSettings } from './open.ts';
import { dataOf } from './own_data.ts';
import type { Status } from './protocol.ts';
import { type Grown, grownOf, reach, reachedFrom, regrow, stepsOf } from './regrow.ts';
import type { HeldStates, Safe } from './safe.ts';
import type { Settings } from './state.ts';
import { rescueStrings as words } from './strings_rescue.ts';

/** One that dies again and again is not helped by a fourth. */
const kMost = 3;

let rescues = 0;

/** Where the run was. */
interface Place {
  status: Status;
  back: boolean;
  frontier: number;
  settings: Settings;
  branch: number;
  /** With its forks; null where they are not to be had again. */
  grown: Grown | null;
  forks: number;
  held: HeldStates;
}

/** On the way there: a worker that dies meanwhile is followed by one with the same aim. */
let aim: Place | null = null;

function placeOf(app: App, safe: Safe): Place {
  const { status, timeline, settings } = app;
  const { frontier, facts, tree } = timeline;
  const forks = Math.max(0, tree.branches.length - 1);
  // Also where no picture has told it yet.
  const back = status.step < frontier;
  const grown = grownOf(app);
  const kept = safe.give();
  // The state of a fork that is not made again is not one of the run that it came off.
  const held = grown || (timeline.branch?.parent ?? null) === null ? kept : new Map();
  return { status, back, frontier, settings, branch: facts.branch, grown, forks, held };
}

/** Throws when it cannot be done. */
export async function rescue(app: App, safe: Safe, start: () => Port, why: string): Promise<void> {
  if (++rescues > kMost) throw new Error(words.too_often);
  const turn = rescues;
  const place = aim ?? placeOf(app, safe);
  aim = place;
  try {
    const lost = app.client.renew(start());
    await reopen(app, place.grown?.settings ?? place.settings);
    askAgain(app.client, lost);
    await comeBack(app, safe, place, why, () => turn === rescues);
  } catch (error) {
    // Another one has died meanwhile: its own rescue has the say.
    if (turn === rescues) throw error;
  } finally {
    if (turn === rescues) aim = null;
  }
}

/** `latest`: no other worker has died since. */
async function comeBack(app: App, safe: Safe, place: Place, why: string, latest: () => boolean): Promise<void> {
  const { status, back, frontier, grown, forks, branch, held } = place;
  const { names } = app.timeline;
  const own = held.get(branch);
  const steps = grown ? stepsOf(grown, held) : frontier - reachedFrom(0, frontier, own);
  const all = grown ? stepsOf(grown, new Map()) : frontier;
  say(app, words.again(why, steps, grown ? forks : 0));
  const refused = (error: unknown): boolean => {
    if (error instanceof CallError && latest()) return false;
    throw error;
  };
  const straight = async () => {
    await reach(app, safe, frontier, own);
    return app.status.step === frontier;
  };
  const whole = await (grown ? regrow(app, safe, grown, held, branch) : straight()).catch(refused);
  // Or the reader has begun another run.
  if (!latest() || app.timeline.names !== names) return;
  if (!whole) return say(app, words.left(why, app.status.step, forks));
  if (back) await app.timeline.seek(status.step, true);
  else if (status.playing) await app.play();
  say(app, words.done(why, status.step, grown ? 0 : forks, steps < all));
}

/** What only looks is asked again; what does something may have been what the worker died of. */
function askAgain(client: Client, lost: Iterable<Waiting>): void {
  for (const { kind, resolve, reject } of lost) {
    const done = resolve as (answer: unknown) => void;
    if (kind === 'frame') client.call(kind, { shown: -1, buffer: null }).then(done, reject);
    else if (kind === 'engine') client.call(kind, null).then(done, reject);
    else reject(new CallError(words.lost, []));
  }
}

/** From its first step, as its address or its file has it. */
async function reopen(app: App, settings: Settings): Promise<void> {
  const { client, schema, origin } = app;
  const own = dataOf(schema, settings);
  if (own) await client.call('data', own);
  if (origin?.again) await origin.again();
  else await app.adopt(() => openSettings(client, schema, settings), origin);
}

function say(app: App, sentence: string): void {
  // What was wrong in the address has been told.
  app.notices = [];
  app.happened = sentence;
  app.tell('settings');
}
