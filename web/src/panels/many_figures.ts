// The figures of many seeds: the sentence, the histogram of onsets, the small multiples, the table.
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app.ts';
import { Backdrop, drawSmall, type SmallAxes, type SmallCurves } from '../charts/small_multiple.ts';
import type { Figure } from '../figures.ts';
import { score, three, whole } from '../format.ts';
import type { Batch, SeedRun } from '../many/batch.ts';
import { histogram, onsetsOf, quartiles } from '../many/summary.ts';
import { bestHead } from '../many/trace.ts';
import { manyStrings as words } from '../strings_many.ts';
import { colours, onTheme } from '../theme.ts';
import { renderHistogram } from './many_histogram.ts';
import { savedFigures } from './many_saved.ts';
import './save.ts';
import '../styles/figure.css';

/** A column is at least so wide in CSS pixels. */
const kColumn = 132;

export class ManyFigures extends LitElement {
  static override properties = {
    app: { attribute: false },
    batch: { attribute: false },
    shown: { attribute: false },
    open: { attribute: false },
    probe_every: { attribute: false },
  };
  declare app: App;
  declare batch: Batch;
  /** Changes whenever there is something new to draw. */
  declare shown: number;
  declare open: (seed: number) => void;
  declare probe_every: number;
  private columns = 1;
  private reached = 0;
  private readonly backdrop = new Backdrop();
  private readonly drawn = new WeakMap<HTMLCanvasElement, string>();
  private readonly observer = new ResizeObserver(([entry]) => this.fit(entry.contentRect.width));

  protected override createRenderRoot() {
    return this;
  }

  override firstUpdated(): void {
    this.observer.observe(this);
    onTheme(() => this.requestUpdate());
  }

  private fit(width: number): void {
    this.columns = Math.max(2, Math.floor(width / kColumn));
    this.requestUpdate();
  }

  /** Cancelled seeds have no picture. */
  private get runs(): SeedRun[] {
    const { state, runs, finished } = this.batch;
    return state === 'ended' ? finished : runs;
  }

  private get axes(): SmallAxes {
    const d_loss = Math.max(0.1, ...this.runs.flatMap(({ trace }) => trace.loss.filter(Number.isFinite)));
    return { max_step: this.batch.plan.steps, max_loss: d_loss };
  }

  protected override render() {
    if (this.runs.length === 0) return nothing;
    return html`${this.renderWords()} ${this.renderHistogram()} ${this.renderMultiples()} ${this.renderTable()}`;
  }

  private renderWords() {
    const { finished } = this.batch;
    if (finished.length === 0) return nothing;
    const onsets = onsetsOf(finished);
    const { lower, median, upper } = quartiles(onsets);
    const away = finished.filter(({ stopped }) => stopped !== null).length;
    return html`
      <p class="verdict" id="many-verdict">
        ${words.verdict(onsets.formed.length, finished.length, this.batch.state !== 'ended')}
        ${onsets.formed.length > 0 ? words.spread(median, lower, upper, finished.length) : nothing} ${away > 0 ? words.ran_away(away) : nothing}
      </p>
      ${onsets.never > 0 && onsets.formed.length > 0 ? html`<p class="caption">${words.quartiles_help}</p>` : nothing}
    `;
  }

  private renderHistogram() {
    const { bins, never, middle } = this.histogram;
    return html`
      <figure class="many-histogram" aria-labelledby="many-histogram-title">
        <div class="figure-head">
          <h3 id="many-histogram-title">${words.histogram_title} <span class="unit">${words.histogram_unit}</span></h3>
          ${this.renderSave(this.figures.histogram)}
        </div>
        ${renderHistogram(bins, never, middle, this.probe_every)}
      </figure>
    `;
  }

  private renderSave(figure: Figure) {
    return html`<ip-save .app=${this.app} .figure=${figure}></ip-save>`;
  }

  /** As it stands when it is asked for. */
  private get histogram() {
    const onsets = onsetsOf(this.batch.finished);
    const { plan } = this.batch;
    const bins = histogram(onsets.formed, plan.steps, this.probe_every);
    const { histogram_title: title, histogram_unit: unit, never: never_word } = words;
    const { never } = onsets;
    return { title, unit, never_word, bins, never, middle: quartiles(onsets), probe_every: this.probe_every };
  }

  private readonly figures = savedFigures({
    histogram: () => this.histogram,
    runs: () => this.runs,
    axes: () => this.axes,
    corner: shortly,
  });

  private renderMultiples() {
    const { runs, axes } = this;
    const copies = this.batch.runs[0].trace.latest?.loss_rep !== null;
    const n = runs.length;
    return html`
      <figure class="many-multiples" aria-labelledby="many-multiples-title">
        <div class="figure-head">
          <h3 id="many-multiples-title">${words.curves_title} <span class="unit">${words.curves_unit(axes.max_step)}</span></h3>
          ${this.renderSave(this.figures.multiples)}
        </div>
        <p class="caption keys">
          <span class="key score">${words.key_score}</span>
          <span class="key">${copies ? words.key_loss(axes.max_loss) : words.key_loss_all(axes.max_loss)}</span>
          <span class="key others">${words.key_others}</span>
          <span><span class="onset-mark" aria-hidden="true"></span>${words.key_onset}</span>
          <span>${words.open_help}</span>
        </p>
        <ul class="multiples" style="--columns:${this.columns}" @keydown=${this.onKey}>
          ${runs.map((run, i) => this.renderOne(run, i, i + this.columns >= n))}
        </ul>
      </figure>
    `;
  }

  private renderOne(run: SeedRun, i: number, bottom: boolean) {
    const { seed } = run;
    const reached = Math.min(this.reached, this.runs.length - 1) === i;
    const left = i % this.columns === 0;
    return html`
      <li class=${left ? 'left' : ''}>
        <button
          class="multiple"
          data-state=${run.state}
          data-seed=${seed}
          tabindex=${reached ? 0 : -1}
          @click=${() => this.open(seed)}
          @focus=${() => this.reach(i)}
        >
          <span class="multiple-head"><span>${words.seed(seed)}</span><span class="hidden">${words.open(told(run))}</span><span class="multiple-onset" aria-hidden="true">${shortly(run)}</span></span>
          <canvas></canvas>
        </button>
        ${left ? html`<span class="axis-y" aria-hidden="true"><span>1</span><span>0</span></span>` : nothing}
        ${bottom ? html`<span class="axis-x" aria-hidden="true"><span>0</span><span>${whole(this.axes.max_step)}</span></span>` : nothing}
      </li>
    `;
  }

  private reach(i: number): void {
    if (this.reached === i) return;
    this.reached = i;
    this.requestUpdate();
  }

  /** Arrow keys move among the figures as they stand. */
  private onKey(event: KeyboardEvent): void {
    const moves: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -this.columns,
      ArrowDown: this.columns,
      Home: -this.runs.length,
      End: this.runs.length,
    };
    const by = moves[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to = Math.min(this.runs.length - 1, Math.max(0, this.reached + by));
    this.querySelectorAll<HTMLElement>('.multiple')[to]?.focus();
  }

  protected override updated(): void {
    const tint = colours();
    const { runs, axes } = this;
    const curves = runs.map(({ trace, onset }): SmallCurves => ({ ...trace, onset: onset.induction }));
    const canvases = this.querySelectorAll<HTMLCanvasElement>('.multiple canvas');
    if (canvases.length === 0) return;
    const ended = curves.filter((_, i) => runs[i].state === 'ended');
    const behind = this.backdrop.prepare(ended, canvases[0], axes, tint);
    canvases.forEach((canvas, i) => {
      // Only what has something new in it.
      const key = JSON.stringify([behind, runs[i].seed, curves[i].step.at(-1), curves[i].onset]);
      if (behind === '' || this.drawn.get(canvas) === key) return;
      this.drawn.set(canvas, key);
      drawSmall(canvas, curves[i], this.backdrop, axes, tint);
    });
  }

  private renderTable() {
    const { finished } = this.batch;
    if (finished.length === 0) return nothing;
    const { columns } = words;
    return html`
      <details class="many-numbers">
        <summary class="caption">${words.numbers}</summary>
        <div class="scroll" tabindex="0" role="region" aria-label=${words.numbers}>
          <table>
            <thead><tr>${Object.values(columns).map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
            <tbody>${finished.map(renderRow)}</tbody>
          </table>
        </div>
      </details>
    `;
  }
}

function renderRow({ seed, onset, trace: { latest }, signature }: SeedRun) {
  const best = latest ? bestHead(latest) : null;
  const at = (step: number | null) => (step === null ? '–' : whole(step));
  return html`<tr>
    <th scope="row">${seed}</th><td>${at(onset.previous_token)}</td><td>${at(onset.induction)}</td><td>${three(latest?.loss_rep)}</td>
    <td>${score(best?.induction)}</td><td>${best ? `${best.layer}.${best.head}` : '–'}</td><td><code>${signature}</code></td>
  </tr>`;
}

/** For the corner of a small figure. */
function shortly({ state, onset, step, stopped }: SeedRun): string {
  if (state === 'failed') return words.not_run;
  if (onset.induction !== null) return whole(onset.induction);
  if (stopped !== null) return words.diverged;
  if (state === 'ended') return words.never;
  return step === 0 ? '' : '…';
}

function told({ state, onset, step, stopped }: SeedRun): string {
  if (state === 'failed') return words.not_run;
  if (onset.induction !== null) return words.onset_at(onset.induction);
  if (stopped !== null) return words.diverged;
  if (state === 'ended') return words.no_onset;
  return step === 0 ? words.waiting : words.running(step);
}

customElements.define('ip-many-figures', ManyFigures);
