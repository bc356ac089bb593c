// Composition between the layers of heads: arrows in the gaps of the grid, and below it what they mean, a choice, and a table.
import type { HeadPlace } from '@core/loader.mjs';
import { html, LitElement, nothing, svg } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { App, Topic } from '../app.ts';
import { Asker } from '../asker.ts';
import {
  type Arrow,
  type ArrowKind,
  arrowPath,
  arrowsOf,
  kFaintestArrow,
  kInputs,
  type Measure,
  strongest,
  whyNone,
} from '../composition.ts';
import type { Figure } from '../figures.ts';
import { headName, three } from '../format.ts';
import { arrowStrings as words } from '../strings_arrows.ts';
import { headColour } from '../theme.ts';
import { Panel } from './panel.ts';
import './save.ts';
import { Seldom } from './turns.ts';

const kHeight = 48;
const nameOf = ({ layer, head }: HeadPlace) => headName(layer, head);

/** The gap below one layer. Only a picture: the table says the same. */
export class ArrowsGap extends LitElement {
  static override properties = {
    layer: {},
    n_heads: {},
    arrows: { attribute: false },
    lit_head: { state: true },
    width: { state: true },
  };
  /** The upper one. */
  declare layer: number;
  declare n_heads: number;
  declare arrows: readonly Arrow[];
  /** The head that is pointed at or has the focus. */
  declare lit_head: string | null;
  declare width: number;
  private columns = 8;
  private observer: ResizeObserver | null = null;
  private grid: HTMLElement | null = null;

  protected override createRenderRoot() {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.lit_head = null;
    this.observer = new ResizeObserver(() => this.measure());
    this.observer.observe(this);
    this.grid = this.closest('.heads');
    for (const type of ['pointerover', 'focusin', 'pointerleave', 'focusout'])
      this.grid?.addEventListener(type, this.onPoint);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer?.disconnect();
    for (const type of ['pointerover', 'focusin', 'pointerleave', 'focusout'])
      this.grid?.removeEventListener(type, this.onPoint);
  }

  private measure(): void {
    // As in styles/heads.css.
    this.columns = matchMedia('(max-width: 639px)').matches ? 4 : 8;
    this.width = this.clientWidth;
  }

  private onPoint = (event: Event): void => {
    const over = event.type === 'pointerover' || event.type === 'focusin';
    this.lit_head = over ? ((event.target as Element).closest<HTMLElement>('.head')?.dataset.head ?? null) : null;
  };

  protected override render() {
    if (!this.width) return nothing;
    const columns = Math.min(this.columns, this.n_heads);
    const box = { width: this.width, height: kHeight, n_heads: this.n_heads, columns };
    const shown = this.arrows
      .filter(
        ({ from, to, above }) => to.layer === this.layer && from.layer === this.layer - 1 && above >= kFaintestArrow,
      )
      .sort((a, b) => a.above - b.above)
      .map((arrow) => arrowPath(arrow, box));
    return html`<svg width=${this.width} height=${kHeight} class=${this.lit_head ? 'choosing' : ''}>
      ${shown.map(({ from, to, path, tip, width, above, input }) => {
        const lit = this.lit_head === nameOf(from) || this.lit_head === nameOf(to);
        return svg`<g class=${lit ? 'lit' : ''} data-arrow="${nameOf(from)}-${nameOf(to)}" data-input=${input} data-above=${above.toFixed(4)}
          style="--colour:${headColour(from.layer * this.n_heads + from.head)}">
          <path d=${path} style="stroke-width:${width.toFixed(2)}" /><path class="tip" d=${tip} />
        </g>`;
      })}
    </svg>`;
  }
}

/** While a model trains, an answer takes about 2 % of the time between two of them, in ms. */
const kApartPlaying = 500;

/** Asks for the composition while it is shown; the grid takes `arrows`. */
export class CompositionPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];
  /** Told when the arrows are others. */
  declare onArrows: (arrows: readonly Arrow[]) => void;
  private kind: ArrowKind = 'k';
  private measure: Measure = 'effect';
  private readonly seldom = new Seldom();
  private asker: Asker<'composition'> | null = null;
  private run: App['run'] | null = null;

  protected override willUpdate(): void {
    const { app } = this;
    this.asker ??= new Asker(app.client, 'composition', () => {
      this.requestUpdate();
      this.tell();
    });
    if (this.run !== app.run) {
      // Live knobs make a new `run` of the same model too: arrows of another shape go, others stay until the next answer.
      if (this.run && !sameShape(this.run, app.run)) this.forget();
      this.run = app.run;
    }
    if (this.kind === 'none' || Number(app.config.n_layers) < 2) return;
    // While it plays, once per probe and twice a second at most; when paused, whenever the picture has changed.
    const { playing } = app.status;
    const now = playing ? app.series.latest : app.view;
    if (now) this.asker.want([now, app.run], null, playing ? kApartPlaying : undefined);
  }

  private readonly figure: Figure = {
    name: 'arrows',
    title: words.title,
    svg: async () => {
      const { kind, measure, asker } = this;
      const { n_layers, n_heads } = this.app.config;
      return (await import('../share/arrows_svg.ts')).arrowsSvg({
        title: words.title,
        caption: `${words.kinds[kind]}, ${words.by} ${words.measures[measure]}`,
        arrows: asker?.answer ? arrowsOf(asker.answer, kind, measure) : [],
        n_layers: Number(n_layers),
        n_heads: Number(n_heads),
      });
    },
    table: async () => (await import('../share/arrows_svg.ts')).arrowsTable(this.asker?.answer ?? null, this.measure),
  };

  private forget(): void {
    this.asker?.forget();
    this.tell();
  }

  private tell(): void {
    const found = this.asker?.answer;
    this.onArrows(found ? arrowsOf(found, this.kind, this.measure) : []);
  }

  protected override render() {
    if (Number(this.app.config.n_layers) < 2) return html`<p class="caption">${words.one_layer}</p>`;
    return html`
      <div class="arrow-choice">
        <label>${words.show} ${this.choice('arrows', words.kinds, this.kind, (to) => (this.kind = to))}</label>
        <label>${words.by} ${this.choice('arrow-measure', words.measures, this.measure, (to) => (this.measure = to))}</label>
        ${this.asker?.answer && this.kind !== 'none' ? html`<ip-save .app=${this.app} .figure=${this.figure}></ip-save>` : nothing}
        <p class="caption" id="arrow-words">${guard(this.key, () => this.sentence())}</p>
      </div>
      ${guard(this.seldom.key(this.app.status.playing, this.key), () => this.renderTable())}
    `;
  }

  /** Made anew with another answer or choice only. */
  private get key(): unknown[] {
    return [this.asker?.answer, this.kind, this.measure];
  }

  private choice<T extends string>(id: string, options: Record<T, string>, now: T, choose: (to: T) => void) {
    const change = (event: Event) => {
      choose((event.target as HTMLSelectElement).value as T);
      this.requestUpdate();
      this.tell();
    };
    const names = Object.keys(options) as T[];
    return html`<select id=${id} @change=${change}>
      ${names.map((name) => html`<option value=${name} ?selected=${name === now}>${options[name]}</option>`)}
    </select>`;
  }

  private sentence(): string {
    const found = this.asker?.answer;
    if (this.kind === 'none') return '';
    if (!found) return words.not_yet;
    const why = whyNone(found, this.kind, this.measure);
    if (why !== null)
      return this.measure === 'effect' ? words.not_measured(why) : words.not_defined(words.kinds[this.kind], why);
    const arrows = arrowsOf(found, this.kind, this.measure);
    const best = strongest(arrows);
    const skipping = arrows.filter(
      ({ from, to, above }) => to.layer - from.layer > 1 && above >= kFaintestArrow,
    ).length;
    const told = best
      ? words.strongest(nameOf(best.from), nameOf(best.to), words.inputs[best.input], best.above)
      : words.nothing;
    const help = this.measure === 'effect' ? words.effect_help : words.weights_help(found.baseline);
    return `${told} ${help}${words.skips(skipping)}`;
  }

  private renderTable() {
    const found = this.asker?.answer;
    if (!found || this.kind === 'none') return nothing;
    const cells = kInputs.map(
      (input) => new Map(arrowsOf(found, input, this.measure).map((arrow) => [key(arrow), arrow.above])),
    );
    return html`<div class="hidden"><table>
      <caption>${words.caption(found.step)}</caption>
      <thead><tr>${[words.from, words.to, ...kInputs.map((input) => words.inputs[input])].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${found.pairs.map(
        (pair) =>
          html`<tr><td>${nameOf(pair.from)}</td><td>${nameOf(pair.to)}</td>${cells.map((column) => html`<td>${three(column.get(key(pair)))}</td>`)}</tr>`,
      )}</tbody>
    </table></div>`;
  }
}

const key = ({ from, to }: Pick<Arrow, 'from' | 'to'>) => `${nameOf(from)}-${nameOf(to)}`;
const sameShape = (a: App['run'], b: App['run']) =>
  a.tokens === b.tokens || (a.config === b.config && a.n_parameters === b.n_parameters);

customElements.define('ip-arrows', ArrowsGap);
customElements.define('ip-composition', CompositionPanel);
