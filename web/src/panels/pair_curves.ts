// Loss and best scores of two runs in one chart each: A solid, B dashed. And the same in numbers.
import { html, LitElement } from 'lit';
import type { App } from '../app.ts';
import { type ChartPicture, type Line, LineChart } from '../charts/line_chart.ts';
import type { Figure, Table } from '../figures.ts';
import { three, whole } from '../format.ts';
import { bestOf, joinSteps } from '../pair/curves.ts';
import type { Second } from '../pair/second.ts';
import type { Column, OnsetEvent, Series } from '../series.ts';
import { strings } from '../strings.ts';
import { pairStrings as words } from '../strings_pair.ts';
import { type Colours, colours, onTheme } from '../theme.ts';
import './save.ts';
import '../styles/figure.css';

type PictureId = 'pair-loss' | 'pair-score';

export class PairCurves extends LitElement {
  static override properties = { app: { attribute: false }, second: { attribute: false }, tick: { attribute: false } };
  declare app: App;
  declare second: Second;
  /** Grows with every picture. */
  declare tick: number;
  private charts: [LineChart, LineChart] | null = null;
  private drawn = '';

  protected override createRenderRoot() {
    return this;
  }

  private get repeats(): boolean {
    return this.app.series.latest?.loss_rep !== null && this.second.series.latest?.loss_rep !== null;
  }

  protected override render() {
    const title = this.repeats ? words.loss_title : words.loss_all_title;
    return html`
      <div class="pair-curves">
        ${this.renderFigure('pair-loss', title, words.loss_axis, '')}
        ${this.renderFigure('pair-score', words.score_title, words.score_axis, words.key_induction)}
      </div>
      ${this.renderNumbers()}
    `;
  }

  private figureOf(id: PictureId, title: string, unit: string): Figure {
    const picture = () => this.picture(id, colours());
    const captions = { title: `${title}: A, B dashed`, unit, step: strings.step_axis };
    return {
      name: id,
      title,
      svg: async () => (await import('../share/chart_svg.ts')).chartSvg(picture(), captions, colours()),
      table: async () => tableOf(picture()),
    };
  }

  private picture(id: PictureId, tint: Colours): ChartPicture {
    const [a, b] = [this.app.series, this.second.series];
    return id === 'pair-loss' ? this.lossPicture(a, b, tint) : this.scorePicture(a, b, tint);
  }

  private renderFigure(id: PictureId, title: string, unit: string, key: string) {
    return html`
      <figure aria-labelledby="${id}-title">
        <div class="figure-head">
          <h3 id="${id}-title">${title} <span class="unit">${unit}</span></h3>
          <ip-save .app=${this.app} .figure=${this.figureOf(id, title, unit)}></ip-save>
        </div>
        <div class="chart" id="${id}-chart" aria-hidden="true"></div>
        <figcaption class="caption"><span class="key of-a">A</span><span class="key of-b">B</span>${key}</figcaption>
      </figure>
    `;
  }

  private renderNumbers() {
    const both = [this.app.series, this.second.series];
    const onset = (kind: OnsetEvent['kind']) =>
      both.map(({ onsets }) => {
        const step = onsets.find((event) => event.kind === kind)?.step;
        return html`<td>${step === undefined ? '–' : whole(step)}</td>`;
      });
    return html`
      <table class="pair-numbers">
        <caption class="hidden">${words.numbers}</caption>
        <thead><tr><td></td><th scope="col">A</th><th scope="col">B</th></tr></thead>
        <tbody>
          <tr><th scope="row">${words.onset.previous_token}</th>${onset('previous_token')}</tr>
          <tr><th scope="row">${words.onset.induction}</th>${onset('induction')}</tr>
          <tr><th scope="row">${words.loss_row}</th>${both.map(({ latest }) => html`<td>${three(latest?.loss_rep)}</td>`)}</tr>
        </tbody>
      </table>
    `;
  }

  override firstUpdated(): void {
    const host = (id: string) => this.querySelector<HTMLElement>(`#${id}-chart`) as HTMLElement;
    this.charts = [new LineChart(host('pair-loss')), new LineChart(host('pair-score'))];
    onTheme(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const chart of this.charts ?? []) chart.destroy();
  }

  protected override updated(): void {
    const { series: a } = this.app;
    const { series: b } = this.second;
    const tint = colours();
    const state = [a.latest?.step, a.step.length, b.latest?.step, b.step.length, tint.dark, this.app.run.end].join();
    if (!this.charts || state === this.drawn) return;
    this.drawn = state;
    this.charts[0].draw(this.picture('pair-loss', tint), tint);
    this.charts[1].draw(this.picture('pair-score', tint), tint);
  }

  private lossPicture(a: Series, b: Series, tint: Colours): ChartPicture {
    const joined = joinSteps(a.step, b.step);
    const of = (series: Series) => (this.repeats ? series.loss_rep : series.loss_new);
    const lines = [lineOf('A', joined.of_a(of(a)), tint), lineOf('B', joined.of_b(of(b)), tint)];
    const top = Math.max(0.1, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)));
    return { step: joined.step, lines, max_value: 1.1 * top, ...this.axes(a, b) };
  }

  private scorePicture(a: Series, b: Series, tint: Colours): ChartPicture {
    const joined = joinSteps(a.step, b.step);
    const best = (series: Series, kind: 'induction' | 'previous_token') => bestOf(series[kind], series.step.length);
    const thin = (line: Line): Line => ({ ...line, label: `${line.label} previous token`, width: 1, end: undefined });
    const lines = [
      lineOf('A', joined.of_a(best(a, 'induction')), tint),
      lineOf('B', joined.of_b(best(b, 'induction')), tint),
      thin(lineOf('A', joined.of_a(best(a, 'previous_token')), tint)),
      thin(lineOf('B', joined.of_b(best(b, 'previous_token')), tint)),
    ];
    return { step: joined.step, lines, max_value: 1, ...this.axes(a, b) };
  }

  private axes(a: Series, b: Series): Pick<ChartPicture, 'marks' | 'max_step'> {
    const mark = (which: string, { onsets }: Series) =>
      onsets.filter(({ kind }) => kind === 'induction').map(({ step }) => ({ step, label: words.copies(which) }));
    const last = Math.max(1, a.latest?.step ?? 0, b.latest?.step ?? 0);
    const planned = this.app.run.end;
    const max_step = Math.max(last, Math.min(planned, Math.ceil((4 * last) / planned + 0.01) * (planned / 4)));
    return { marks: [...mark('A', a), ...mark('B', b)], max_step };
  }
}

/** By the lines' own names. */
function tableOf({ step, lines }: ChartPicture): Table {
  return {
    columns: [{ name: 'step', values: step }, ...lines.map(({ label, values }) => ({ name: label, values }))],
  };
}

function lineOf(which: 'A' | 'B', values: Column, tint: Colours): Line {
  const a = which === 'A';
  return { label: which, colour: tint.heads[a ? 0 : 5], width: 2, dash: a ? undefined : [6, 4], values, end: which };
}

customElements.define('ip-pair-curves', PairCurves);
