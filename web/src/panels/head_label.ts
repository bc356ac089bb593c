// What stands below a head's map: its name, what it does or what was done to it, how sure that is, and the score that goes with it.
import type { HeadScores } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import type { HeldHead } from '../held.ts';
import { strings } from '../strings.ts';

/** What is held on a head decides how it looks: '' when nothing is. */
export function heldAs({ ablated, clamped, frozen }: HeldHead): string {
  return ablated ? 'ablated' : clamped ? 'clamped' : frozen ? 'frozen' : '';
}

/** What was done to a head takes the place of what it does. */
export function renderName(name: string, scores: HeadScores | undefined, held: HeldHead) {
  const role = strings.roles[scores?.role ?? 'none yet'];
  const broken = strings.held_label(held);
  return html`
    <p class="head-name">
      <b><span class="hidden">${strings.head}</span> ${name}</b>
      <span class="shape" aria-hidden="true">${broken ? strings.held_shape(held) : role.shape}</span> ${broken || role.word}
    </p>
  `;
}

export function renderSure(scores: HeadScores | undefined, { frozen }: HeldHead) {
  if (frozen) return html`<span>${strings.frozen}</span>`;
  return scores && scores.role !== 'none yet' ? html`<span>${strings.sure(scores.confidence)}</span>` : nothing;
}

/** The score that goes with a head's role; without a role, the larger of the two that matter. */
export function roleScore(scores: HeadScores | undefined): number | null {
  if (!scores) return null;
  switch (scores.role) {
    case 'previous token':
      return scores.previous_token;
    case 'induction':
      return scores.induction;
    case 'duplicate token':
      return scores.duplicate_token;
    case 'first token':
      return scores.first_token;
    case 'none yet':
      return Math.max(scores.previous_token, scores.induction ?? 0);
  }
}
