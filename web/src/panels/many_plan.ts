// What many seeds will cost, said before they begin.
import { html, nothing } from 'lit';
import type { Estimate } from '../many/estimate.ts';
import { manyStrings as words } from '../strings_many.ts';

/** An estimate above this is called long, in ms. */
const kLong = 600_000;

export interface ManyPlan {
  /** null: being measured; a sentence where these settings cannot run. */
  made: Estimate | string | null;
  count: number;
  steps: number;
  workers: number;
  /** The page's own run goes on. */
  playing: boolean;
}

export function renderPlan({ made, count, steps, workers, playing }: ManyPlan) {
  if (made === null) return html`<p class="caption">${words.measuring}</p>`;
  if (typeof made === 'string') return html`<p class="refused" role="alert">${made}</p>`;
  const ms = (count * steps * made.ms_per_step) / workers;
  return html`
    <p class="caption" id="many-estimate">
      ${words.estimate(count, steps, workers, made.ms_per_step)} ${words.memory(made.memory, workers)}
      ${ms > kLong ? words.long : nothing} ${playing ? words.shares : nothing}
    </p>
  `;
}
