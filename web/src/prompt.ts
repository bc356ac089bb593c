// A reader's sequence, checked against the model that is to read it.
import type { Config } from '@core/loader.mjs';
import type { App } from './app.ts';
import { strings } from './strings.ts';
import { Vocabulary } from './tokens.ts';

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

/** Shows a sequence to the model. false: it cannot read it, the old one stays, and `prompt_problem` says why. */
export async function showPrompt(app: App, text: string | null): Promise<boolean> {
  const { tokens, problem } = readPrompt(text, app.config, app.vocabulary);
  app.prompt_problem = problem;
  if (problem !== null) return false;
  const shown = (await app.client.call('prompt', { tokens })).tokens;
  app.run = { ...app.run, tokens: shown };
  app.token = null;
  app.poke();
  return true;
}

/** Labels that are named where there are too many for one sentence. */
const kNamed = 12;

function allowedTokens({ named, joined, labels }: Vocabulary): string {
  if (!named) return strings.token_range(labels.length, joined);
  return strings.token_labels(labels.slice(0, kNamed), labels.length);
}

/** Another task begins on the way: its tokens may have other names, and its example is another. */
export async function followTask(app: App): Promise<void> {
  app.vocabulary = new Vocabulary(Number(app.config.d_vocab), app.run.task.labels);
  if (app.settings.prompt === null) await showPrompt(app, null);
  app.tell('settings');
}
