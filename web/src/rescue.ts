// After the page's worker has died: the same run in a new one, trained again up to where it was. The settings are the whole run, so that
// nothing of it is lost but the time that it takes, and forks, which the History of the old worker held.
import type { App } from './app.ts';
import { CallError, type Client, type Port, type Waiting } from './client.ts';
import { openSettings } from './open.ts';
import { dataOf } from './own_data.ts';
import { rescueStrings as words } from './strings_rescue.ts';

/** One that dies again and again is not helped by a fourth. */
const kMost = 3;

let rescues = 0;

/** Throws when it cannot be done. */
export async function rescue(app: App, start: () => Port, why: string): Promise<void> {
  if (++rescues > kMost) throw new Error(words.too_often);
  const turn = rescues;
  const { status, timeline, settings } = app;
  const { back, frontier } = timeline;
  const lost = app.client.renew(start());
  await reopen(app);
  askAgain(app.client, lost);
  say(app, words.again(why, frontier));
  await app.advance(frontier - app.status.step);
  // Another one has died meanwhile, or the reader has begun another run.
  if (turn !== rescues || app.settings.knobs !== settings.knobs) return;
  if (back) await timeline.seek(status.step, true);
  else if (status.playing) await app.play();
  say(app, words.done(why, status.step));
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
async function reopen(app: App): Promise<void> {
  const { client, schema, settings, origin } = app;
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
