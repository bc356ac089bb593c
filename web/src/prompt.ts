// A reader's sequence, checked against the model that is to read it.
import type { Config } from '@core/loader.mjs';
import type { Client } from './client.ts';
import { strings } from './strings.ts';
import type { Vocabulary } from './tokens.ts';

interface ReadPrompt {
  /** null: show the held-out example. */
  tokens: number[] | null;
  /** A sentence when this model cannot read the prompt. */
  problem: string | null;
}

function readPrompt(text: string | null, config: Config, vocabulary: Vocabulary): ReadPrompt {
  if (text === null) return { tokens: null, problem: null };
  const n_ctx = Number(config.n_ctx);
  const parsed = vocabulary.parse(text, n_ctx);
  if ('tokens' in parsed) return { tokens: parsed.tokens, problem: null };
  const problem =
    parsed.wrong === 'length'
      ? strings.token_count(parsed.n, n_ctx)
      : strings.token_unknown(parsed.label, allowedTokens(vocabulary));
  return { tokens: null, problem };
}

/** Shows a sequence to the model. shown: its tokens, null when it was left as it is. */
export async function sendPrompt(
  client: Client,
  text: string | null,
  config: Config,
  vocabulary: Vocabulary,
): Promise<{ problem: string | null; shown: number[] | null }> {
  const { tokens, problem } = readPrompt(text, config, vocabulary);
  if (problem !== null) return { problem, shown: null };
  return { problem, shown: (await client.call('prompt', { tokens })).tokens };
}

/** Labels that are named where there are too many for one sentence. */
const kNamed = 12;

function allowedTokens({ named, joined, labels }: Vocabulary): string {
  if (!named) return strings.token_range(labels.length, joined);
  return strings.token_labels(labels.slice(0, kNamed), labels.length);
}
