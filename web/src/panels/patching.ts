// Patch between two prompts: which places of the second one's run, given their values in the first one's, bring back its answer. Of the
// model as it is at the step on show. Asks only while it is open.
import type { PatchReport } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { App, Topic } from '../app.ts';
import { Asker } from '../asker.ts';
import { headName, three, whole } from '../format.ts';
import { headOf } from '../held.ts';
import {
  bestPatches,
  completed,
  type PatchChoice,
  type PatchPlace,
  pairOf,
  patchLine,
  patchOperations,
  patchRows,
} from '../patching.ts';
import { patchingStrings as words } from '../strings_patching.ts';
import { colours, onTheme } from '../theme.ts';
import '../styles/circuits.css';
import '../styles/figure.css';
import '../styles/patching.css';
import type { PatchPair } from '../protocol.ts';
import './save.ts';
import { Panel } from './panel.ts';
import { type PatchPicture, patchFigure } from './patching_map.ts';

/** Operations that WebAssembly does in a fraction of a second; more are done only when the reader asks. */
const kAtOnce = 2e9;
/** Nats of logit that two prompts differ by at least, for shares of it to say something. */
const kSmall = 0.5;

function nameOf(place: PatchPlace, { head }: PatchReport, names: typeof words.row): string {
  if ('head' in place) return names.head(headName(place.layer, place.head));
  return place.stream === head.length ? names.out : names.into(place.stream);
}

export class PatchingPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];
  private asker: Asker<'patching'> | null = null;
  private chosen: Partial<PatchChoice> = {};
  private labels: App['vocabulary'] | null = null;
  /** The sequence that was chosen for; another one begins with its own defaults. */
  private tokens = '';
  /** What the reader asked for of a model too large to follow. */
  private asked: unknown = null;
  private whole_table = false;
  private cell: { layer: number; head: number; position: number } | null = null;

  override firstUpdated(): void {
    onTheme(() => this.requestUpdate());
    // Opened again: what happened meanwhile.
    this.closest('details')?.addEventListener('toggle', () => this.requestUpdate());
  }

  protected override shouldUpdate(): boolean {
    return this.closest('details')?.open ?? true;
  }

  private get choice(): PatchChoice | null {
    const { view, config } = this.app;
    return view && view.tokens.length > 1 ? completed(this.chosen, view.tokens, Number(config.d_vocab)) : null;
  }

  private get costly(): boolean {
    const { view, config, run } = this.app;
    return patchOperations(config, run.d_head, view?.tokens.length ?? 0) > kAtOnce;
  }

  protected override willUpdate(): void {
    const { app } = this;
    this.asker ??= new Asker(app.client, 'patching', () => this.requestUpdate());
    const { view } = app;
    const tokens = view ? view.tokens.join() : '';
    if (this.labels !== app.vocabulary || this.tokens !== tokens) {
      this.labels = app.vocabulary;
      this.tokens = tokens;
      this.chosen = {};
      this.cell = null;
      this.asker.forget();
    }
    const { choice } = this;
    if (!view || !choice || (this.costly && this.asked !== view)) return;
    this.asker.want([view, choice.read, choice.changed, choice.token], pairOf(view.tokens, choice));
  }

  protected override render() {
    const { choice } = this;
    if (!choice) return html`<p class="caption">${this.app.view ? words.short : words.measuring}</p>`;
    const { answer, problem } = this.asker ?? { answer: null, problem: null };
    const state = [answer, problem, this.costly, this.app.vocabulary, this.whole_table, this.cell];
    return html`
      <div class="patching circuits">
        <p class="caption">${words.intro}</p>
        ${this.renderChoice(choice)} ${this.renderPrompts(choice)}
        ${this.costly ? this.renderAsk() : nothing}
        ${guard([...state, colours().dark], () => this.renderAnswer())}
      </div>
    `;
  }

  private renderChoice({ read, changed, token }: PatchChoice) {
    const { view, config } = this.app;
    const tokens = Array.from(view?.tokens ?? []);
    const places = tokens.map((old, t): [number, string] => [t, words.place(this.app.label(old), t)]);
    const others = Array.from({ length: Number(config.d_vocab) }, (_, i): [number, string] => [i, this.app.label(i)]);
    return html`
      <div class="patch-choice">
        ${this.renderSelect('changed', words.changed, changed, places.slice(0, read + 1))}
        ${this.renderSelect(
          'token',
          words.token,
          token,
          others.filter(([i]) => i !== tokens[changed]),
        )}
        ${this.renderSelect('read', words.read, read, places.slice(1))}
      </div>
    `;
  }

  private renderSelect(name: keyof PatchChoice, text: string, value: number, options: [number, string][]) {
    return html`
      <label class="field"><span>${text}</span>
        <select id="patch-${name}" @change=${(event: Event) => this.choose(name, Number((event.target as HTMLSelectElement).value))}>
          ${options.map(([i, label]) => html`<option value=${i} .selected=${i === value}>${label}</option>`)}
        </select>
      </label>
    `;
  }

  /** Another place to change has another token to change. */
  private choose(name: keyof PatchChoice, value: number): void {
    const { token: _, ...rest } = this.chosen;
    this.chosen = name === 'changed' ? { ...rest, changed: value } : { ...this.chosen, [name]: value };
    this.requestUpdate();
  }

  private renderPrompts({ read, changed, token }: PatchChoice) {
    const tokens = Array.from(this.app.view?.tokens ?? []).slice(0, read + 1);
    const line = (name: string, at: number) => html`
      <dt>${name}</dt>
      <dd>${tokens.map((old, t) => (t === changed ? html`<mark>${this.app.label(at)}</mark> ` : `${this.app.label(old)} `))}</dd>
    `;
    return html`<dl class="patch-prompts">${line(words.clean, tokens[changed])}${line(words.corrupted, token)}</dl>`;
  }

  private renderAsk() {
    const { config, view } = this.app;
    const patches = (Number(config.n_layers) * (Number(config.n_heads) + 1) + 1) * (view?.tokens.length ?? 0);
    const ask = () => {
      this.asked = this.app.view;
      this.requestUpdate();
    };
    return html`<p class="caption">${words.costly(whole(patches))} <button id="patch-measure" @click=${ask}>${words.measure}</button></p>`;
  }

  private renderAnswer() {
    const { answer, problem } = this.asker ?? { answer: null, problem: null };
    if (problem) return html`<p class="not-defined">${words.refused(problem)}</p>`;
    if (!answer) return this.costly ? nothing : html`<p class="caption">${words.measuring}</p>`;
    if ('not_defined' in answer) return html`<p class="not-defined">${words.not_defined(answer.not_defined)}</p>`;
    const { pair, step, right, wrong, clean, corrupted } = answer;
    const label = (token: number) => this.app.label(token);
    const best = bestPatches(answer).map(({ layer, head, position, value }) =>
      words.head_at(headName(layer, head), position, value),
    );
    const difference = words.difference(whole(step), label(right), label(wrong), clean, corrupted);
    const picture = this.pictureOf(answer, pair);
    return html`
      <div class="savable">
        <div class="figure-head">
          <p id="patch-difference">${difference} ${Math.abs(clean - corrupted) < kSmall ? words.small : nothing}</p>
          <ip-save .app=${this.app} .figure=${patchFigure(picture, difference)}></ip-save>
        </div>
        <ip-patching-map .picture=${picture} .dark=${colours().dark} @cell=${this.onCell}></ip-patching-map>
      </div>
      <p class="caption">${words.reading}</p>
      <p id="patch-best">${words.best(best)}</p>
      <p class="caption">${words.hint}</p>
      ${this.renderHold(answer, pair)} ${this.renderTable(picture)}
    `;
  }

  /** A head's cell stays chosen when the pointer leaves the map; before, the one that brings back most is. */
  private onCell = ({ detail: { row, column } }: CustomEvent<{ row: number; column: number }>): void => {
    const { answer } = this.asker ?? { answer: null };
    if (!answer || 'not_defined' in answer) return;
    const { place } = patchRows(answer)[row];
    if (!('head' in place)) return;
    this.cell = { ...place, position: column };
    this.requestUpdate();
  };

  private renderHold(report: PatchReport, { clean }: PatchPair) {
    const cell = this.cell ?? bestPatches(report)[0];
    if (!cell) return nothing;
    const head = headName(cell.layer, cell.head);
    const hold = (position: number | null) => {
      const line = patchLine(head, position, clean);
      // What replaces the head's output already gives way.
      void this.app.surgery.hold((lines) => [
        ...lines.filter((old) => headOf(old) !== head || !/^(ablate|patch)/.test(old)),
        line,
      ]);
    };
    return html`
      <p class="patch-hold">
        <button id="patch-hold" @click=${() => hold(cell.position)}>${words.hold(head, cell.position)}</button>
        <button class="quiet" id="patch-hold-all" @click=${() => hold(null)}>${words.hold_all}</button>
      </p>
      <p class="caption">${words.hold_help}</p>
    `;
  }

  private pictureOf(report: PatchReport, { clean, corrupted, position }: PatchPair): PatchPicture {
    const rows = patchRows(report).map(({ place, values }) => ({
      name: nameOf(place, report, words.row),
      words: nameOf(place, report, words.row_words),
      values,
    }));
    const changed = clean.findIndex((token, t) => token !== corrupted[t]);
    return { rows, columns: clean.map((token) => this.app.label(token)), changed, read: position };
  }

  private renderTable({ rows, columns }: PatchPicture) {
    const open = (event: Event) => {
      this.whole_table = (event.target as HTMLDetailsElement).open;
      this.requestUpdate();
    };
    return html`
      <details class="patch-table" @toggle=${open}>
        <summary>${words.table}</summary>
        ${
          this.whole_table
            ? html`<div class="scroll" tabindex="0" role="group" aria-label=${words.table}><table>
                <thead><tr><th scope="col">${words.column}</th>${columns.map((label, t) => html`<th scope="col">${words.place(label, t)}</th>`)}</tr></thead>
                <tbody>${rows.map(
                  (row) =>
                    html`<tr><th scope="row">${row.name}</th>${row.values.map((x) => html`<td>${three(x)}</td>`)}</tr>`,
                )}</tbody></table></div>`
            : nothing
        }
      </details>
    `;
  }
}

customElements.define('ip-patching', PatchingPanel);
