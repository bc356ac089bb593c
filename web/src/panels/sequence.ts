// The sequence the maps show: tinted by surprise, with arcs to where the chosen head looks and what comes next.

import type { PromptFrame } from '@core/loader.mjs';
import { html, nothing, svg } from 'lit';
import type { Topic } from '../app.ts';
import type { Figure } from '../figures.ts';
import { headName, three } from '../format.ts';
import type { Run } from '../protocol.ts';
import { strings } from '../strings.ts';
import { withTerms } from '../terms.ts';
import { headColour } from '../theme.ts';
import { Panel } from './panel.ts';
import { predictions } from './predictions.ts';
import './save.ts';
import { Seldom } from './turns.ts';

/** Arcs fainter than this share of attention are left out. */
const kFaintest = 0.04;

/** Smaller shares of attention are not spelled out. */
const kWorthNaming = 0.01;

/** A head whose largest share is below this does not look anywhere in particular. */
const kSpread = 0.2;

/** Widths of a token, and of a letter in it, in px; longer labels are cut off. */
const kNarrowest = 24;
const kWidest = 96;
const kMargin = 6;
const kLetter = 8;

/** Width of a token in the arcs' own units. */
const kCell = 10;

/** A token's name for who hears it, and what its tooltip says. */
type Told = readonly [string, string];

export class SequencePanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings', 'select'];

  private readonly figure: Figure = {
    name: 'sequence',
    title: strings.sequence_title,
    svg: async () => (await import('../share/sequence_svg.ts')).sequenceSvg(this.app),
    table: async () => (await import('../share/sequence_svg.ts')).sequenceTable(this.app),
  };
  private scrolled_for: Run | null = null;
  readonly weight = 4;
  private seldom = new Seldom();
  private heard_of = '';

  protected override render() {
    const { view, head } = this.app;
    const name = headName(head.layer, head.head);
    const index = head.layer * Number(this.app.config.n_heads) + head.head;
    return html`
      <section aria-labelledby="sequence-title" style="--colour:${headColour(index)}">
        <header class="section-head">
          <h2 id="sequence-title">${strings.sequence_title}</h2>
          <ip-save .app=${this.app} .figure=${this.figure}></ip-save>
        </header>
        <p class="caption">${withTerms(strings.sequence_help(name))}</p>
        ${view ? this.renderStrip(view, index) : html`<div class="strip-place"></div>`}
        ${view ? this.renderReading(view, name, index) : nothing} ${this.renderEditor()}
      </section>
    `;
  }

  /** Where the strip is wider than the screen, its end is shown first: there the default token stands. */
  protected override updated(): void {
    const scroll = this.querySelector('.strip-scroll');
    const { run } = this.app;
    if (!scroll || this.scrolled_for === run) return;
    this.scrolled_for = run;
    scroll.scrollLeft = scroll.scrollWidth;
  }

  /** The token the arcs start from: the one pointed at, else the last one that still has a next token. */
  private query(view: PromptFrame): number {
    const T = view.tokens.length;
    return this.app.token !== null && this.app.token < T ? this.app.token : T - 2;
  }

  private attention(view: PromptFrame, index: number): Float32Array {
    const T = view.tokens.length;
    const at = (index * T + this.query(view)) * T;
    return view.pattern.subarray(at, at + T);
  }

  private renderStrip(view: PromptFrame, index: number) {
    const T = view.tokens.length;
    const query = this.query(view);
    const row = this.attention(view, index);
    const told = this.tell(view);
    return html`
      <div class="strip-scroll">
        <div class="strip" style="--t:${T};--cell:${this.cellWidth(view)}px">
          ${renderArcs(row, query, T)}
          <div
            class="tokens"
            role="listbox"
            aria-labelledby="sequence-title"
            aria-orientation="horizontal"
            @keydown=${this.onKey}
            @pointerleave=${this.onLeave}
          >
            ${Array.from(view.tokens, (_, t) => this.renderToken(view, t, query, row[t] ?? 0, told[t]))}
          </div>
        </div>
      </div>
    `;
  }

  /** As wide as the longest label on show, within reason. */
  private cellWidth(view: PromptFrame): number {
    const letters = Math.max(...Array.from(view.tokens, (token) => this.app.label(token).length));
    return Math.min(kWidest, Math.max(kNarrowest, kMargin + kLetter * letters));
  }

  /** Each token's loss in words, which are heard or shown on hover. */
  private tell(view: PromptFrame): Told[] {
    const tokens = view.tokens.join();
    if (tokens !== this.heard_of) this.seldom = new Seldom();
    this.heard_of = tokens;
    const told = Array.from(view.tokens, (token, t): Told => {
      const loss = t === 0 ? null : view.loss[t - 1];
      return [strings.token_option(t, this.app.label(token), loss), loss === null ? '' : `${three(loss)} nats`];
    });
    return this.seldom.key(this.app.status.playing, told);
  }

  private renderToken(view: PromptFrame, t: number, query: number, share: number, [name, title]: Told) {
    const loss = t === 0 ? null : view.loss[t - 1];
    // A blind guess costs ln V: that is the dark end.
    const surprise = loss === null ? 0 : Math.min(1, loss / (1.25 * Math.log(Number(this.app.config.d_vocab))));
    const label = this.app.label(view.tokens[t]);
    const target = view.induction_targets[query * view.tokens.length + t] === 1;
    return html`
      <div
        role="option"
        class="token ${target ? 'target' : ''}"
        data-t=${t}
        tabindex=${t === query ? 0 : -1}
        aria-selected=${t === query}
        aria-label=${name}
        title=${title}
        style="--surprise:${surprise.toFixed(2)}; --share:${share.toFixed(2)}"
        @pointerenter=${() => this.app.pointAt(t)}
        @focus=${() => this.app.pointAt(t)}
        @click=${() => this.app.pointAt(t)}
      >
        <span class="label">${label}</span><span class="share"></span>
      </div>
    `;
  }

  private renderReading(view: PromptFrame, name: string, index: number) {
    const query = this.query(view);
    const row = this.attention(view, index);
    const strongest = Array.from(row.keys())
      .filter((k) => k <= query)
      .sort((a, b) => row[b] - row[a])
      .slice(0, 3)
      .filter((k, i) => i === 0 || row[k] >= kWorthNaming);
    const label = this.app.label(view.tokens[query]);
    const spread = row[strongest[0]] < kSpread;
    return html`
      <div class="reading">
        <p id="looks">
          ${spread ? strings.looks_around(name, label, query) : strings.looks_at(name, label, query)}
          ${strongest.map((k) => strings.looks_item(this.app.label(view.tokens[k]), k, row[k])).join(', ')}.
        </p>
        ${predictions(view, query, this.app.vocabulary)}
      </div>
    `;
  }

  private renderEditor() {
    const { run, settings, prompt_problem, vocabulary } = this.app;
    const edit = (event: Event) => this.app.setPrompt((event.target as HTMLInputElement).value);
    return html`
      <div class="editor">
        <label for="prompt">${strings.edit}</label>
        <input
          id="prompt"
          type="text"
          spellcheck="false"
          autocomplete="off"
          autocapitalize="off"
          .value=${settings.prompt ?? vocabulary.format(run.tokens)}
          aria-invalid=${prompt_problem ? 'true' : 'false'}
          aria-describedby=${prompt_problem ? 'prompt-problem' : nothing}
          @change=${edit}
        />
        ${settings.prompt === null ? nothing : html`<button @click=${() => this.app.setPrompt(null)}>${strings.use_example}</button>`}
        ${prompt_problem ? html`<p class="refused" role="alert" id="prompt-problem">${prompt_problem}</p>` : nothing}
      </div>
    `;
  }

  /** A lifted finger also leaves, but what it touched stays chosen. */
  private onLeave(event: PointerEvent): void {
    if (event.pointerType === 'mouse') this.app.pointAt(null);
  }

  private onKey(event: KeyboardEvent): void {
    const view = this.app.view;
    if (!view) return;
    const T = view.tokens.length;
    const t = this.query(view);
    const moves: Record<string, number> = { ArrowRight: t + 1, ArrowLeft: t - 1, Home: 0, End: T - 1 };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.querySelector<HTMLElement>(`[data-t="${Math.min(T - 1, Math.max(0, to))}"]`)?.focus();
  }
}

/** Half ellipses from the query to the keys, as thick as the attention is strong. */
function renderArcs(row: Float32Array, query: number, T: number) {
  const middle = (t: number) => (t + 0.5) * kCell;
  const arcs = Array.from(row.subarray(0, query), (share, k) => {
    if (share < kFaintest) return nothing;
    const x = middle(k);
    const span = middle(query) - x;
    // The farthest arc reaches the top of a box that is six cells high.
    const height = (56 * Math.sqrt(span)) / Math.sqrt(T * kCell);
    const path = `M${x} 60C${x} ${60 - 1.33 * height} ${x + span} ${60 - 1.33 * height} ${x + span} 60`;
    return svg`<path d=${path} style="stroke-width:${(4 * share).toFixed(2)};opacity:${(0.35 + 0.65 * share).toFixed(2)}" />`;
  });
  return html`<svg class="arcs" viewBox="0 0 ${T * kCell} 60" preserveAspectRatio="none" aria-hidden="true">${arcs}</svg>`;
}

customElements.define('ip-sequence', SequencePanel);
