// The two figures over steps: what a token costs, and what each head does.

import type { HeadScores } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { Topic } from '../app.ts';
import { axisEnd } from '../axis.ts';
import { changeMarks } from '../change_marks.ts';
import { type ChartPicture, type Line, LineChart } from '../charts/line_chart.ts';
import type { Figure } from '../figures.ts';
import { headName, score, three, whole } from '../format.ts';
import { ablatedHeads } from '../held.ts';
import { lossLevels } from '../levels.ts';
import { strings } from '../strings.ts';
import { withTerms } from '../terms.ts';
import { type Colours, colours, onTheme } from '../theme.ts';
import { heardTable as table } from './heard_table.ts';
import { Panel } from './panel.ts';
import './save.ts';
import { Seldom } from './turns.ts';

/** Rows of the tables for screen readers. */
const kTableRows = 10;

/** A head's line is named at its end from this score on. */
const kNamed = 0.35;

export class CurvesPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];
  private charts: [LineChart, LineChart] | null = null;
  private drawn = '';
  readonly weight = 3;
  private readonly seldom = new Seldom();
  private readonly figures = {
    loss: {
      title: strings.loss_title,
      unit: strings.loss_axis,
      saved: this.saved('losses', strings.loss_title, strings.loss_axis),
    },
    score: {
      title: strings.score_title,
      unit: strings.score_axis,
      saved: this.saved('scores', strings.score_title, strings.score_axis),
    },
  };

  protected override render() {
    const { series, status } = this.app;
    const key = this.seldom.key(status.playing, [series, series.last_step, series.step.length]);
    return html`
      <section class="curves" aria-label="${strings.loss_title}. ${strings.score_title}.">
        ${this.renderFigure('loss', lossKey(), key)}
        ${this.renderFigure('score', html`<span>${withTerms(strings.score_caption)}</span>`, key)}
      </section>
    `;
  }

  private renderFigure(id: 'loss' | 'score', key: unknown, told: unknown[]) {
    const { title, unit, saved } = this.figures[id];
    return html`
      <figure aria-labelledby="${id}-title">
        <div class="section-head">
          <h2 id="${id}-title">${title} <span class="unit">${unit}</span></h2>
          <ip-save .app=${this.app} .figure=${saved}></ip-save>
        </div>
        <div class="chart" id="${id}-chart" aria-hidden="true"></div>
        <figcaption class="caption">${key}</figcaption>
        ${id === 'loss' ? this.renderLevels() : nothing}
        ${guard(told, () => (id === 'loss' ? this.renderLossTable() : this.renderScoreTable()))}
      </figure>
    `;
  }

  /** What is saved is the picture of the moment in which it is asked for. */
  private saved(name: 'losses' | 'scores', title: string, unit: string): Figure {
    const captions = { title, unit, step: strings.step_axis };
    return {
      name,
      title,
      svg: async () => {
        const picture = name === 'losses' ? this.lossPicture(colours()) : this.scorePicture(colours());
        return (await import('../share/chart_svg.ts')).chartSvg(picture, captions, colours());
      },
      table: async () => (await import('../share/series_table.ts')).seriesTable(this.app.series, name),
    };
  }

  private renderLevels() {
    const levels = lossLevels(this.app.config, this.app.run.task.lines);
    return html`
      <details class="levels">
        <summary class="caption">${strings.levels_title(levels.length)}</summary>
        <dl>
          ${levels.map(
            ({ name, at, doc, inducible }) =>
              html`<dt>${strings.level(name, at, inducible)}</dt><dd>${withTerms(doc)}</dd>`,
          )}
        </dl>
      </details>
    `;
  }

  override firstUpdated(): void {
    const host = (id: string) => this.querySelector<HTMLElement>(`#${id}-chart`) as HTMLElement;
    this.charts = [new LineChart(host('loss')), new LineChart(host('score'))];
    for (const chart of this.charts) chart.scrub((step, rest) => this.app.timeline.seek(step, rest));
    onTheme(() => this.requestUpdate());
  }

  protected override updated(): void {
    const { series, head, config, surgery, settings, timeline, run } = this.app;
    const tint = colours();
    // Probes come far more rarely than frames: draw when something on the charts is new.
    const state = [
      axisEnd(timeline.furthest, run.end),
      series.last_step,
      series.step.length,
      headName(head.layer, head.head),
      JSON.stringify([config, surgery.held, settings.changes]),
      tint.dark,
    ].join();
    if (!this.charts) return;
    if (state !== this.drawn) {
      this.drawn = state;
      this.charts[0].draw(this.lossPicture(tint), tint);
      this.charts[1].draw(this.scorePicture(tint), tint);
    }
    for (const chart of this.charts) chart.point(timeline.back ? timeline.step : null);
  }

  private lossPicture(tint: Colours): ChartPicture {
    const { series, config, run } = this.app;
    const levels = lossLevels(config, run.task.lines);
    const repeats = series.final?.loss_rep !== null;
    const lines: Line[] = [
      {
        label: strings.loss_new,
        colour: tint.grey,
        width: 1.5,
        values: series.loss_new,
        end: repeats ? 'first' : 'all',
      },
    ];
    if (repeats) {
      lines.push(
        { label: strings.unseen_rep, colour: tint.ink, width: 1, dash: [2, 3], values: series.unseen_rep },
        { label: strings.loss_rep, colour: tint.ink, width: 2, values: series.loss_rep, end: 'repeated' },
      );
    }
    const top = Math.max(
      ...levels.map(({ at }) => at),
      ...series.loss_new.map((x) => x ?? 0),
      ...series.loss_rep.map((x) => x ?? 0),
      ...series.unseen_rep.map((x) => x ?? 0),
    );
    return {
      ...this.axes(),
      lines,
      levels: levels.map(({ at, name, inducible }) => ({ at, label: name, strong: inducible })),
      max_value: 1.15 * top,
    };
  }

  private scorePicture(tint: Colours): ChartPicture {
    const { series, head: chosen, surgery } = this.app;
    const gone = ablatedHeads(surgery.held);
    const lines = (series.final?.heads ?? []).flatMap((head, i): Line[] => {
      const colour = tint.heads[i % tint.heads.length];
      const strong = head.layer === chosen.layer && head.head === chosen.head;
      const width = strong ? 2.5 : 1.25;
      const lost = headName(head.layer, head.head);
      if (gone.has(lost)) return [{ ...brokenLine(tint), values: series.induction[i], end: `${lost} ✕` }];
      const name = (kind: 'previous_token' | 'induction') => endName(head, kind);
      return [
        { label: '', colour, width, dash: [5, 4], values: series.previous_token[i], end: name('previous_token') },
        { label: '', colour, width, values: series.induction[i], end: name('induction') },
      ];
    });
    return { ...this.axes(), lines, max_value: 1 };
  }

  private axes() {
    const { series, settings, timeline, run } = this.app;
    const max_step = axisEnd(timeline.furthest, run.end);
    const marks = series.all_onsets.map(({ kind, step }) => ({ step, label: strings.onset_label[kind] }));
    const changes = changeMarks(settings.changes);
    return { step: series.step, marks: [...marks, ...changes.filter(({ step }) => step <= max_step)], max_step };
  }

  private rows(): number[] {
    const n = this.app.series.step.length;
    const stride = Math.max(1, Math.ceil(n / kTableRows));
    return Array.from({ length: Math.ceil(n / stride) }, (_, i) => i * stride);
  }

  private renderLossTable() {
    const { series } = this.app;
    const head = [strings.step_axis, strings.loss_new, strings.loss_rep, strings.unseen_rep];
    const body = this.rows().map((i) => [
      whole(series.step[i]),
      three(series.loss_new[i]),
      three(series.loss_rep[i]),
      three(series.unseen_rep[i]),
    ]);
    return table(strings.loss_title, head, body);
  }

  private renderScoreTable() {
    const { series } = this.app;
    const heads = series.final?.heads ?? [];
    const names = heads.map((head) => headName(head.layer, head.head));
    const head = [
      strings.step_axis,
      ...names.map((name) => `${name} ${strings.previous_score}`),
      ...names.map((name) => `${name} ${strings.induction_score}`),
    ];
    const body = this.rows().map((i) => [
      whole(series.step[i]),
      ...series.previous_token.map((column) => score(column[i])),
      ...series.induction.map((column) => score(column[i])),
    ]);
    return table(strings.score_title, head, body);
  }
}

/** A broken head's score says what its pattern looks like, not what it does. */
function brokenLine(tint: Colours) {
  return { label: '', colour: tint.grey, width: 1, dash: [1, 3] };
}

function endName(head: HeadScores, kind: 'previous_token' | 'induction'): string | undefined {
  return (head[kind] ?? 0) >= kNamed ? headName(head.layer, head.head) : undefined;
}

function lossKey() {
  return html`
    <span class="key solid strong">${strings.loss_rep}</span>
    <span class="key solid">${strings.loss_new}</span>
    <span class="key dotted">${strings.unseen_rep}</span>
    <span>${withTerms(strings.nats_help)}</span>
  `;
}

customElements.define('ip-curves', CurvesPanel);
