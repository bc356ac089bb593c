// Beside sharing: what is kept in this browser, and the way to forget it.
import { html, nothing } from 'lit';
import { lastRun } from '../last_run.ts';
import { shareStrings as words } from '../strings_share.ts';
import { forget, keepingTrouble, keepLastRun, keepsLastRun } from './kept_run.ts';

export function lastSession(redraw: () => void) {
  const last = lastRun();
  const trouble = keepingTrouble();
  const onKeep = async (event: Event) => {
    await keepLastRun((event.target as HTMLInputElement).checked);
    redraw();
  };
  const onForget = async () => {
    await forget();
    redraw();
  };
  return html`
    <section>
      <h3>${words.last}</h3>
      <label class="keep"><input id="keep-last" type="checkbox" .checked=${keepsLastRun()} @change=${onKeep} /> ${words.last_keep}</label>
      <p class="help">
        <span id="last-kept" role="status">${last ? words.last_kept(last.what, last.step) : words.last_none}</span>
        ${last ? html`<button class="link" id="share-forget" @click=${onForget}>${words.last_forget}</button>` : nothing}
      </p>
      ${trouble ? html`<p class="refused" id="last-problem">${trouble}</p>` : nothing}
    </section>
  `;
}
