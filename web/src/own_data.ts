// A run on a reader's own text: handed to the core, then opened with the vocabulary that it needs. The text stays in the page: no address
// carries it.
import type { App } from './app.ts';
import { CallError } from './client.ts';
import { type Settings, withKnob } from './state.ts';
import { strings } from './strings.ts';

/** As the core's own limit: a larger file is not even read. In bytes. */
const kMost = 16 * 2 ** 20;

/** What a file holds, or a sentence. */
export async function readFile(file: File): Promise<Uint8Array<ArrayBuffer> | string> {
  if (file.size > kMost) return strings.text_too_large(file.name, file.size, kMost);
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    return strings.text_unreadable(file.name);
  }
}

/** Trains on it from now on; a sentence when that cannot be, and the old run goes on. */
export async function trainOn(
  app: App,
  data: Uint8Array<ArrayBuffer> | string,
  name: string,
  vocabulary: string,
): Promise<string | null> {
  const { schema, client } = app;
  try {
    const { d_vocab } = await client.call('data', { data, name, config: { task: 'text', vocabulary } });
    let settings: Settings = { ...app.settings, changes: [], prompt: null, head: null };
    for (const [knob, value] of Object.entries({ task: 'text', vocabulary, d_vocab }))
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
