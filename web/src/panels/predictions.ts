// What the model expects after a token: the likeliest next tokens, the true one marked.

import type { PromptFrame } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import { three } from '../format.ts';
import { strings } from '../strings.ts';
import type { Vocabulary } from '../tokens.ts';

const kShown = 5;

export interface Prediction {
  token: number;
  probability: number;
  is_true: boolean;
}

/** The likeliest tokens after position t, and the true one even where it is not among them. */
export function likeliest(view: PromptFrame, t: number, d_vocab: number): Prediction[] {
  const row = view.probabilities.subarray(t * d_vocab, (t + 1) * d_vocab);
  const truth = t + 1 < view.tokens.length ? view.tokens[t + 1] : -1;
  const order = Array.from(row.keys()).sort((a, b) => row[b] - row[a]);
  const shown = order.slice(0, kShown);
  if (truth >= 0 && !shown.includes(truth)) shown[shown.length - 1] = truth;
  return shown.map((token) => ({ token, probability: row[token], is_true: token === truth }));
}

export function predictions(view: PromptFrame, t: number, vocabulary: Vocabulary) {
  const rows = likeliest(view, t, vocabulary.labels.length).map(
    ({ token, probability, is_true }) => html`
      <li class=${is_true ? 'true' : ''}>
        <b>${vocabulary.label(token)}</b>
        <span class="bar"><span style="width:${(100 * probability).toFixed(1)}%"></span></span>
        <span class="number">${three(probability)}</span>
        ${is_true ? html`<span class="mark">✓ ${strings.true_next}</span>` : nothing}
      </li>
    `,
  );
  return html`
    <div class="predictions">
      <p>${strings.predicts(vocabulary.label(view.tokens[t]))}</p>
      <ol id="predictions">${rows}</ol>
      ${t + 1 < view.tokens.length ? nothing : html`<p class="grey">${strings.no_next}</p>`}
    </div>
  `;
}
