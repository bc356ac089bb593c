// Many seeds of the present settings: how many, which, how long it takes; their curves side by side and when induction heads form.
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { Batch } from '../many/batch.ts';
import { type Estimate, estimate } from '../many/estimate.ts';
import { asCsv, download } from '../many/files.ts';
import { courseOf, differing, jsonOf, largestSeed, probesOf, stepsOf } from '../many/plan.ts';
import { consecutive, drawn, kDefault, kFewest, kMost, readCount } from '../many/seeds.ts';
import { twoPictures } from '../many/turn.ts';
import { dataOf } from '../own_data.ts';
import { pool } from '../pool/spawn.ts';
import { type Settings, withKnob } from '../state.ts';
import { manyStrings as words } from '../strings_many.ts';
import './many_figures.ts';
import { renderPlan } from './many_plan.ts';
import { Panel } from './panel.ts';
import '../styles/many.css';

/** New pictures of running seeds come so far apart at most, in ms; with reduced motion the second one. */
const kInterval = [120, 1000];
/** Settings that were left alone for so many ms are measured. */
const kSettled = 600;

export class ManyPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['settings'];
  private count = kDefault;
  private problem = '';
  private seeds: number[] | null = null;
  private batch: Batch | null = null;
  /** The settings that the batch runs with. */
  private settings: Settings | null = null;
  private estimate: Estimate | string | null = null;
  private measured = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private drawing: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.closest('details')?.addEventListener('toggle', this.onToggle);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.batch?.pause();
    this.closest('details')?.removeEventListener('toggle', this.onToggle);
  }

  private get open(): boolean {
    return this.closest('details')?.open ?? true;
  }

  /** A closed section computes nothing: what was under way is kept. */
  private onToggle = async (): Promise<void> => {
    if (this.open) return this.requestUpdate();
    if (this.batch?.state === 'running') this.batch.pause();
    await this.batch?.settled;
    if (!this.open) pool.closeIdle();
  };

  private get chosen(): number[] {
    return (
      this.seeds?.slice(0, this.count) ??
      consecutive(Number(this.app.config.seed), this.count, largestSeed(this.app.schema))
    );
  }

  protected override updated(): void {
    const settings = JSON.stringify(courseOf(this.app.schema, this.app.settings, 0));
    if (this.batch?.state === 'running' || !this.open || settings === this.measured) return;
    this.measured = settings;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.measure(), kSettled);
  }

  private async measure(): Promise<void> {
    const settings = this.measured;
    const course = courseOf(this.app.schema, this.app.settings, Number(this.app.config.seed));
    const made = await estimate(pool, { course, data: dataOf(this.app.schema, this.app.settings) }).catch(
      (error: Error) => words.no_estimate(error.message),
    );
    if (settings !== this.measured) return;
    this.estimate = made;
    this.requestUpdate();
  }

  protected override render() {
    return html`
      <p class="caption lead">${words.help}</p>
      ${this.renderControls()} ${this.renderPlan()} ${this.renderState()}
      ${this.batch ? this.renderResults(this.batch) : nothing}
    `;
  }

  private renderControls() {
    const wrong = this.problem !== '';
    return html`
      <div class="many-controls" role="group" aria-label=${words.count}>
        <label class="field">
          <span>${words.count}</span>
          <input
            id="many-count"
            type="text"
            inputmode="numeric"
            size="3"
            .value=${String(this.count)}
            aria-invalid=${wrong}
            aria-describedby=${wrong ? 'many-problem' : nothing}
            @change=${(event: Event) => this.setCount((event.target as HTMLInputElement).value)}
          />
        </label>
        <label class="field">
          <span>${words.which}</span>
          <select id="many-which" @change=${(event: Event) => this.draw((event.target as HTMLSelectElement).value)}>
            <option value="next" .selected=${this.seeds === null}>${words.consecutive(...this.ends())}</option>
            <option value="drawn" .selected=${this.seeds !== null}>${words.random}</option>
          </select>
        </label>
        ${this.renderButtons()}
      </div>
      ${wrong ? html`<p class="refused" role="alert" id="many-problem">${this.problem}</p>` : nothing}
    `;
  }

  private renderButtons() {
    const state = this.batch?.state ?? 'ended';
    if (state === 'ended') {
      return html`<button id="many-run" class="primary" @click=${this.run}>${words.run(this.count)}</button>`;
    }
    const running = state === 'running';
    const toggle = () => (running ? this.batch?.pause() : void this.batch?.start());
    return html`
      <span class="buttons">
        <button id="many-pause" class="primary" @click=${toggle}>${running ? words.pause : words.resume}</button>
        <button id="many-cancel" @click=${() => this.batch?.cancel()}>${words.cancel}</button>
      </span>
    `;
  }

  private renderPlan() {
    if (this.batch?.state === 'running' || this.batch?.state === 'paused') return nothing;
    const { estimate: made, count, app } = this;
    const workers = Math.min(pool.size, count);
    return renderPlan({
      made,
      count,
      steps: stepsOf(app.schema, app.settings),
      workers,
      playing: app.status.playing,
    });
  }

  private renderState() {
    const { batch } = this;
    if (!batch) return nothing;
    const done = batch.finished.length;
    const n = batch.runs.length;
    const failed = batch.runs.filter(({ state }) => state === 'failed');
    const text = {
      running: words.progress(done, n, batch.remaining),
      paused: words.paused(done, n),
      ended: words.ended(done, n),
    };
    return html`
      <p class="many-state">
        <progress max="1" value=${batch.share} aria-label=${words.progress_label}></progress>
        <span>${text[batch.state]}</span>
      </p>
      <p class="hidden" role="status" id="many-state">${batch.state === 'running' ? nothing : text[batch.state]}</p>
      ${batch.again ? html`<p class="refused" role="alert" id="many-again">${words.again(batch.again.seed, batch.again.why)}</p>` : nothing}
      ${failed.map(({ seed, stopped }) => html`<p class="refused" role="alert">${words.failed(seed, stopped ?? '')}</p>`)}
    `;
  }

  private renderResults(batch: Batch) {
    const differs = this.settings ? differing(this.app.schema, this.settings, this.app.settings) : [];
    const finished = batch.finished;
    return html`
      ${differs.length > 0 ? html`<p class="caption">${words.other_settings(differs)}</p>` : nothing}
      <ip-many-figures .app=${this.app} .batch=${batch} .shown=${Number(batch.share)} .open=${(seed: number) => void this.openSeed(seed)} .probe_every=${probesOf(this.app.schema, this.settings ?? this.app.settings)}></ip-many-figures>
      ${
        finished.length === 0
          ? nothing
          : html`<p class="many-files caption">${words.download}
              <button class="quiet" id="many-csv" @click=${() => download('seeds.csv', 'text/csv', asCsv(finished))}>${words.csv}</button>
              <button class="quiet" id="many-json" @click=${() => this.saveJson(batch)}>${words.json}</button></p>`
      }
    `;
  }

  private saveJson({ finished }: Batch): void {
    if (this.settings) download('seeds.json', 'application/json', jsonOf(this.app.schema, this.settings, finished));
  }

  private ends(): [number, number] {
    const list = consecutive(Number(this.app.config.seed), this.count, largestSeed(this.app.schema));
    return [list[0], list[list.length - 1]];
  }

  private setCount(text: string): void {
    const n = readCount(text);
    this.problem = n === null ? words.count_wrong(text, kFewest, kMost) : '';
    this.count = n ?? this.count;
    this.requestUpdate();
  }

  private draw(which: string): void {
    this.seeds = which === 'drawn' ? drawn(kMost, largestSeed(this.app.schema), Math.random) : null;
    this.requestUpdate();
  }

  private run = (): void => {
    const settings = { ...this.app.settings };
    this.settings = settings;
    const course = (seed: number) => courseOf(this.app.schema, settings, seed);
    const turn = async () => (this.app.status.playing ? twoPictures() : undefined);
    const { schema } = this.app;
    const [steps, data] = [stepsOf(schema, settings), dataOf(schema, settings)];
    this.batch = new Batch(pool, { seeds: this.chosen, steps, course, data, turn }, () => this.refresh());
    void this.batch.start();
    this.requestUpdate();
  };

  /** Many slices end in one picture; the last one is never lost. */
  private refresh(): void {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const wait = this.batch?.state === 'running' ? kInterval[calm ? 1 : 0] : 0;
    this.drawing ??= setTimeout(() => {
      this.drawing = undefined;
      this.requestUpdate();
    }, wait);
  }

  private async openSeed(seed: number): Promise<void> {
    if (!this.settings) return;
    const { app } = this;
    const { preset, knobs, changes } = this.settings;
    // Looked at as the page looks now.
    const there = { ...app.settings, preset, knobs, changes, head: null };
    await app.begin(withKnob(app.schema, there, 'seed', seed));
    document.querySelector('ip-story')?.scrollIntoView();
  }
}

customElements.define('ip-many', ManyPanel);
