// A run on a reader's own text: handed to the core, then opened with the vocabulary that it needs. The text stays in the page: no address
// carries it.
import type { Config, Schema } from '@core/loader.mjs';
import type { App } from './app.ts';
import { CallError } from './client.ts';
import { effectiveConfig, type Settings, withKnob } from './state.ts';
import { strings } from './strings.ts';

/** As the core's own limit: a larger file is not even read. In bytes. */
const kMost = 16 * 2 ** 20;

/** What the core was given last. */
let given: { data: Uint8Array<ArrayBuffer> | string; name: string; config: Partial<Config> } | null = null;

/** What a run in another worker must be given too; null where its task draws its own data. */
export function dataOf(schema: Schema, settings: Settings): typeof given {
  const { task } = effectiveConfig(schema, settings);
  return task === 'text' || task === 'tokens' ? given : null;
}

/** What a file holds, or a sentence. */
export async function readFile(file: File): Promise<Uint8Array<ArrayBuffer> | string> {
  if (file.size > kMost) return strings.text_too_large(file.name, file.size, kMost);
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return strings.text_unreadable(file.name);
  }
}

/** Numbers are token rows: NumPy's bytes, or a JSON list of numbers or of lists. Everything else is text. */
export function taskFor(data: Uint8Array | string): 'tokens' | 'text' {
  const start = typeof data === 'string' ? data.slice(0, 64) : String.fromCharCode(...data.subarray(0, 64));
  return start.startsWith('\x93NUMPY') || /^\s*\[\s*[[\d]/.test(start) ? 'tokens' : 'text';
}

/** Trains on it from now on; a sentence when that cannot be, and the old run goes on. */
export async function trainOn(
  app: App,
  data: Uint8Array<ArrayBuffer> | string,
  name: string,
  vocabulary: string,
  /** What the run is like otherwise. */
  base = app.settings,
): Promise<string | null> {
  const { schema, client } = app;
  const task = taskFor(data);
  try {
    const own = { data, name, config: { task, vocabulary } };
    const { d_vocab } = await client.call('data', own);
    given = own;
    let settings: Settings = { ...base, changes: [], prompt: null, head: null };
    for (const [knob, value] of Object.entries({ task, vocabulary, d_vocab }))
      settings = withKnob(schema, settings, knob, value);
    await app.begin(settings);
    // Said beside the text, and nowhere else: the reader touched no knob.
    const refused = [...app.refused.values()][0];
    app.refused.clear();
    app.tell('settings');
    return refused?.message ?? null;
  } catch (error) {
    if (error instanceof CallError) return error.message;
    throw error;
  }
}
