// A reader's sequence, checked against the model that is to read it.
import type { Config } from '@core/loader.mjs';
import { strings } from './strings.ts';
import { parseTokens, usesLetters } from './tokens.ts';

export interface ReadPrompt {
  /** null: show the held-out example. */
  tokens: number[] | null;
  /** A sentence when this model cannot read the prompt. */
  problem: string | null;
}

export function readPrompt(text: string | null, config: Config): ReadPrompt {
  if (text === null) return { tokens: null, problem: null };
  const d_vocab = Number(config.d_vocab);
  const n_ctx = Number(config.n_ctx);
  const parsed = parseTokens(text, d_vocab, n_ctx, Boolean(config.start_token));
  if ('tokens' in parsed) return { tokens: parsed.tokens, problem: null };
  const allowed = strings.token_range(d_vocab, usesLetters(d_vocab));
  const problem =
    parsed.wrong === 'length' ? strings.token_count(parsed.n, n_ctx) : strings.token_unknown(parsed.label, allowed);
  return { tokens: null, problem };
}
