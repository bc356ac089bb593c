// The card about a reader's own text: one click to a text that is here, another to one's own, and what came of the run on show.
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { score } from '../format.ts';
import { dataOf, trainOn } from '../own_data.ts';
import { sampleText } from '../own_text_sample.ts';
import { defaultSettings } from '../state.ts';
import { strings } from '../strings.ts';
import { ownTextStrings as words } from '../strings_experiments.ts';
import { Panel } from './panel.ts';

/** In the five seeds that were tried a head had formed long before. */
const kSteps = 900;

export class OwnTextCard extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];
  private problem: string | null = null;
  private busy = false;

  protected override shouldUpdate(): boolean {
    return this.closest('details')?.open ?? true;
  }

  /** The name of the text that the run on show reads; null: it reads none. */
  private get read(): string | null {
    return dataOf(this.app.schema, this.app.settings)?.name ?? null;
  }

  protected override render() {
    return html`
      <h3>${words.title}</h3>
      <p class="claim">${words.claim} <cite>${words.source}</cite></p>
      <p class="arms">
        <button id="own-card-sample" aria-pressed=${this.read === words.sample} ?disabled=${this.busy} @click=${this.onSample}>${words.sample}</button>
        <button id="own-card-paste" @click=${onPaste}>${words.paste}</button>
      </p>
      <p class="caption">${strings.experiment_watch(words.watch)}</p>
      ${this.problem === null ? nothing : html`<p class="refused" role="alert">${this.problem}</p>`}
      ${this.read === null ? html`<p class="caption">${words.expected}: ${words.expects}</p>` : this.renderSides(this.read)}
    `;
  }

  private renderSides(name: string) {
    return html`
      <div class="trial-sides">
        <section>
          <h4>${words.expected}</h4>
          <p>${name === words.sample ? words.expects_sample : words.expects}</p>
        </section>
        <section class="trial-observed">
          <h4>${words.observed(name)}</h4>
          ${this.renderObserved()}
          <p class="caption">${words.one_run} <button class="quiet" id="own-card-many" @click=${onMany}>${strings.many_title}</button></p>
        </section>
      </div>
    `;
  }

  /** The rule: an induction head, by the definition of every run, before the run ends. */
  private renderObserved() {
    const { series, status, run } = this.app;
    const onset = series.onsets.find(({ kind }) => kind === 'induction');
    const scores = series.latest?.heads.map(({ induction }) => induction ?? 0) ?? [];
    const best = words.best(score(Math.max(0, ...scores)));
    if (onset) return html`<p role="status"><strong>${words.reproduced(onset.step)}</strong> ${best}</p>`;
    if (status.finished || status.stopped !== null)
      return html`<p role="status"><strong>${words.not_reproduced(status.step)}</strong> ${best}</p>`;
    return html`<p>${words.not_yet(status.step, run.end)} ${best}</p>`;
  }

  private onSample = async (): Promise<void> => {
    const { app } = this;
    this.busy = true;
    this.requestUpdate();
    const { speed, engine, targets, b } = app.settings;
    const base = { ...defaultSettings(app.schema), speed, engine, targets, b, knobs: { steps: kSteps } };
    this.problem = await trainOn(app, sampleText(), words.sample, 'character', base);
    this.busy = false;
    this.requestUpdate();
    if (this.problem === null) document.querySelector('ip-story')?.scrollIntoView();
  };
}

/** To the place where a text is given. */
function onPaste(): void {
  const place = document.querySelector<HTMLDetailsElement>('.own-text');
  const knobs = place?.closest<HTMLDetailsElement>('details:not(.own-text)');
  if (knobs) knobs.open = true;
  if (place) place.open = true;
  document.querySelector<HTMLElement>('#own-text')?.focus();
}

function onMany(): void {
  const section = document.querySelector<HTMLDetailsElement>('#section-many');
  if (!section) return;
  section.open = true;
  section.querySelector<HTMLElement>('summary')?.focus();
}

customElements.define('ip-own-text-card', OwnTextCard);
