// What the model expects after a token: the likeliest next tokens, the true one marked.

import type { PromptFrame } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import { three } from '../format.ts';
import { strings } from '../strings.ts';
import { tokenLabel } from '../tokens.ts';

const kShown = 5;

export interface Prediction {
  token: number;
  probability: number;
  is_true: boolean;
}

/** The likeliest tokens after position t, and the true one even where it is not among them. */
export function likeliest(view: PromptFrame, t: number): Prediction[] {
  const columns = view.probabilities.length / view.tokens.length; // d_vocab, and the start token if there is one
  const row = view.probabilities.subarray(t * columns, (t + 1) * columns);
  const truth = t + 1 < view.tokens.length ? view.tokens[t + 1] : -1;
  const order = Array.from(row.keys()).sort((a, b) => row[b] - row[a]);
  const shown = order.slice(0, kShown);
  if (truth >= 0 && !shown.includes(truth)) shown[shown.length - 1] = truth;
  return shown.map((token) => ({ token, probability: row[token], is_true: token === truth }));
}

export function predictions(view: PromptFrame, t: number, d_vocab: number) {
  const rows = likeliest(view, t).map(
    ({ token, probability, is_true }) => html`
      <li class=${is_true ? 'true' : ''}>
        <b>${tokenLabel(token, d_vocab)}</b>
        <span class="bar"><span style="width:${(100 * probability).toFixed(1)}%"></span></span>
        <span class="number">${three(probability)}</span>
        ${is_true ? html`<span class="mark">✓ ${strings.true_next}</span>` : nothing}
      </li>
    `,
  );
  return html`
    <div class="predictions">
      <p>${strings.predicts(tokenLabel(view.tokens[t], d_vocab))}</p>
      <ol id="predictions">${rows}</ol>
      ${t + 1 < view.tokens.length ? nothing : html`<p class="grey">${strings.no_next}</p>`}
    </div>
  `;
}
