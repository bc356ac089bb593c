// What a file of weights does not say about its model, asked beside the control.
import type { Config, FileFacts } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import { shareStrings as words } from '../strings_share.ts';
import type { Question } from './open.ts';

export type Asked = 'positions' | 'n_ctx' | 'norm';
export type Answers = Partial<Record<Asked, string>>;

/** Offered until something else is typed, in tokens. */
const kLength = '32';
const kFolded = 'folded';

export function questions(
  { name, facts }: Question,
  answers: Answers,
  answer: (name: Asked, value: string) => void,
  go: () => void,
) {
  const { positions, n_ctx, norm } = facts.asks;
  const choice = (asked: Asked, label: string, options: [string, string][]) => html`
    <label for="ask-${asked}">${label}</label>
    <select id="ask-${asked}" @change=${(event: Event) => answer(asked, (event.target as HTMLSelectElement).value)}>
      <option value="">${words.asks_choose}</option>
      ${options.map(([value, text]) => html`<option value=${value} .selected=${answers[asked] === value}>${text}</option>`)}
    </select>
  `;
  return html`
    <div class="questions" role="group" aria-labelledby="questions-title">
      <p id="questions-title" role="alert">${words.asks(name)}</p>
      ${
        positions.length > 0
          ? choice(
              'positions',
              words.asks_positions,
              positions.map((kind) => [kind, kind]),
            )
          : nothing
      }
      ${
        n_ctx
          ? html`<label for="ask-n_ctx">${words.asks_length}</label>
              <input id="ask-n_ctx" inputmode="numeric" size="5" .value=${answers.n_ctx ?? kLength} @change=${(event: Event) => answer('n_ctx', (event.target as HTMLInputElement).value)} />`
          : nothing
      }
      ${
        norm
          ? choice('norm', words.asks_norm, [
              ['none', words.asks_no_norm],
              [kFolded, words.asks_folded_norm],
            ])
          : nothing
      }
      <button id="ask-go" @click=${go}>${words.asks_go}</button>
    </div>
  `;
}

/** The knobs that the answers are, and a task that fits so short a sequence. */
export function readAnswers(
  { asks, config }: FileFacts,
  answers: Answers,
): { knobs: Partial<Config> } | { problem: string } {
  const knobs: Partial<Config> = {};
  if (asks.positions.length > 0) {
    if (!asks.positions.includes(answers.positions ?? '')) return { problem: words.asks_missing };
    knobs.positions = answers.positions as string;
  }
  if (asks.norm) {
    if (answers.norm === kFolded) return { problem: words.asks_folded };
    if (answers.norm !== 'none') return { problem: words.asks_missing };
    knobs.norm = 'none';
  }
  if (asks.n_ctx) {
    const n_ctx = (answers.n_ctx ?? kLength).trim();
    // Its range is the core's business.
    if (!/^\d{1,6}$/.test(n_ctx)) return { problem: words.asks_missing };
    knobs.n_ctx = Number(n_ctx);
  }
  const half = Math.floor(Number(knobs.n_ctx ?? config.n_ctx) / 2);
  const period_max = Math.min(Number(config.period_max), half);
  const period_min = Math.min(Number(config.period_min), Math.max(2, Math.floor(half / 2)));
  return { knobs: { ...knobs, period_max, period_min } };
}
