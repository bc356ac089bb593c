// Opens what comes from outside: a run, weights, settings, data, a link. What is refused gets a sentence, and the old run goes on.
import type { Config, FileFacts } from '@core/loader.mjs';
import type { App } from '../app.ts';
import { CallError } from '../client.ts';
import { trainOn } from '../own_data.ts';
import type { Bytes } from '../protocol.ts';
import { shareStrings as words } from '../strings_share.ts';
import { showAddress } from '../url.ts';
import { kindOf, kSniffed } from './kinds.ts';
import { openJson } from './open_json.ts';
import { settingsOf } from './settings_of.ts';

/** A file that leaves knobs open, until somebody says what they are. */
export interface Question {
  name: string;
  bytes: Bytes;
  facts: FileFacts;
}

export type Outcome = { done: string } | { problem: string } | { question: Question };

/** A run of the largest model that fits has less. In bytes. */
export const kMost = 256 * 2 ** 20;

export async function openFile(app: App, file: File): Promise<Outcome> {
  const { name } = file;
  // Before memory is taken.
  if (file.size > kMost) return { problem: words.too_large(name, file.size, kMost) };
  try {
    const kind = kindOf(new Uint8Array(await file.slice(0, kSniffed).arrayBuffer()), name);
    if (kind === 'unknown') return { problem: words.unknown(name) };
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (kind === 'tensors') return await openTensors(app, name, bytes);
    if (kind === 'settings') return await openJson(app, name, new TextDecoder().decode(bytes));
    return await openData(app, name, bytes);
  } catch (error) {
    const refused = error instanceof CallError;
    return { problem: refused ? words.refused(name, error.message) : words.unreadable(name) };
  }
}

/** What somebody typed or pasted. */
export async function openText(app: App, text: string): Promise<Outcome> {
  const trimmed = text.trim();
  if (trimmed === '') return { problem: words.nothing };
  if (trimmed.startsWith('{')) return openJson(app, words.pasted, trimmed);
  const hash = /^\S*(#\S+)$/.exec(trimmed)?.[1];
  if (!hash?.includes('=')) return { problem: words.no_link };
  const goOn = app.goes_on;
  await app.openHash(hash);
  showAddress(app.settings);
  if (goOn) await app.play();
  return { done: app.notices.length > 0 ? words.opened_link_partly(app.notices) : words.opened_link };
}

async function openData(app: App, name: string, bytes: Bytes): Promise<Outcome> {
  const problem = await trainOn(app, bytes, name, String(app.config.vocabulary ?? 'character'));
  return problem === null ? { done: words.opened_data(name) } : { problem: words.refused(name, problem) };
}

/** `knobs`: what a file leaves open, once it is known. */
export async function openTensors(app: App, name: string, bytes: Bytes, knobs?: Partial<Config>): Promise<Outcome> {
  try {
    const facts = await app.client.call('look', { bytes });
    const { positions, n_ctx, norm } = facts.asks;
    if (!knobs && (positions.length > 0 || n_ctx || norm)) return { question: { name, bytes, facts } };
    await begin(app, { name, bytes, facts }, knobs ?? {});
    return { done: facts.kind === 'run' ? words.opened_run(name, facts.step) : words.opened_weights(name) };
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    const data = /needs data|data is not what/.test(error.message) ? await dataName(app, bytes) : '';
    return { problem: data ? words.needs_data(name, data) : words.refused(name, error.message) };
  }
}

async function dataName(app: App, bytes: Bytes): Promise<string> {
  return (await app.client.call('look', { bytes })).data_name;
}

async function begin(app: App, { name, bytes, facts }: Question, knobs: Partial<Config>): Promise<void> {
  const { client, schema, settings, goes_on } = app;
  const { kind, course } = facts;
  const again = () => begin(app, { name, bytes, facts }, knobs);
  const { engine } = settings;
  const found = settingsOf(schema, { ...course, ...knobs }, settings);
  const whole = kind === 'run' && found.whole;
  const open = async () => ({
    run: await client.call('open_file', { bytes, knobs, engine }),
    settings: found.settings,
    left_out: null,
  });
  await app.adopt(open, { name, what: kind, in_address: whole, again: whole ? null : again });
  app.surgery.follow(facts.step);
  showAddress(app.settings);
  // A run that was complete stays as it is.
  if (goes_on && facts.step < app.run.end) await app.play();
}
