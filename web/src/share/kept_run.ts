// The last run, kept in this browser: at most one, of bounded size, and forgotten on demand.
import type { App } from '../app.ts';
import { noteLastRun } from '../last_run.ts';
import { recall, remember } from '../memory.ts';
import type { Bytes } from '../protocol.ts';
import type { Settings } from '../state.ts';
import { deleteRecord, readRecord, writeRecord } from './database.ts';
import { runName } from './names.ts';

/** Loaded with the first of them: a run that is kept without trouble needs none. */
const words = async () => (await import('../strings_share.ts')).shareStrings;

/** In bytes. */
const kMost = 32 * 2 ** 20;

type View = Pick<Settings, 'prompt' | 'head' | 'speed' | 'targets'>;

interface Kept {
  bytes: Bytes;
  view: View;
}

/** A sentence when the last attempt to keep the run failed. */
let trouble: string | null = null;

export function keepingTrouble(): string | null {
  return trouble;
}

export function keepsLastRun(): boolean {
  return recall('keep') !== 'no';
}

export async function keepLastRun(keep: boolean): Promise<void> {
  remember('keep', keep ? null : 'no');
  if (!keep) await forget();
}

/** Keeps the run as it is now. A reader's own data is not kept, hence no run on it. */
export async function keep(app: App): Promise<void> {
  const { prompt, head, speed, targets } = app.settings;
  const { task } = app.config;
  if (!keepsLastRun() || task === 'text' || task === 'tokens') return;
  const what = runName(app);
  const { bytes, step } = await app.client.call('save', { model: false });
  if (step === 0) return;
  if (bytes.length > kMost) {
    trouble = (await words()).last_too_large(bytes.length, kMost);
    return;
  }
  try {
    await writeRecord({ bytes, view: { prompt, head, speed, targets } } satisfies Kept);
    trouble = noteLastRun({ step, what }) ? null : (await words()).last_blocked;
  } catch {
    trouble = (await words()).last_blocked;
    noteLastRun(null);
  }
}

/** A sentence when it is not there, or cannot be opened; then it is forgotten. */
export async function goOn(app: App): Promise<string | null> {
  const kept = await readKept();
  if (!kept) {
    await forget();
    return (await words()).last_gone;
  }
  const outcome = await (await import('./open.ts')).openTensors(app, (await words()).last.toLowerCase(), kept.bytes);
  if (!('done' in outcome)) {
    await forget();
    return 'problem' in outcome ? outcome.problem : (await words()).last_gone;
  }
  const { prompt, ...view } = kept.view;
  app.setView(view);
  if (prompt !== null) await app.setPrompt(prompt);
  return null;
}

/** Whatever may lie in the database is looked at before it is used. */
async function readKept(): Promise<Kept | null> {
  try {
    const kept = (await readRecord()) as Partial<Kept> | undefined;
    return kept?.bytes instanceof Uint8Array && kept.view ? (kept as Kept) : null;
  } catch {
    return null;
  }
}

export async function forget(): Promise<void> {
  noteLastRun(null);
  trouble = null;
  try {
    await deleteRecord();
  } catch {
    // Then nothing was kept.
  }
}
