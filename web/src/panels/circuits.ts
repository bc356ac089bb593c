// Inside the chosen head: its circuits over the vocabulary, whether it copies, how broadly it looks, and what makes one prediction.
// Asks only while it is open.
import type { HeadPlace } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import { guard } from 'lit/directives/guard.js';
import type { App, Topic } from '../app.ts';
import { Asker } from '../asker.ts';
import { inductionPair, previousHead } from '../attribution.ts';
import type { Figure } from '../figures.ts';
import { headName } from '../format.ts';
import { circuitStrings as words } from '../strings_circuits.ts';
import { colours, headColour, onTheme } from '../theme.ts';
import '../styles/circuits.css';
import './circuits_map.ts';
import { eigenFigure, entropyFigure, logitFigure } from './circuits_figures.ts';
import type { MapPicture } from './circuits_map.ts';
import { eigenPlane, entropyLine, evenEntropy, logitTable } from './circuits_plots.ts';
import { Panel } from './panel.ts';

export class CircuitsPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings', 'select'];
  private head: Asker<'head_circuit'> | null = null;
  private logits: Asker<'attribution'> | null = null;
  private labels: App['vocabulary'] | null = null;

  override firstUpdated(): void {
    onTheme(() => this.requestUpdate());
    // Opened again: what happened meanwhile.
    this.closest('details')?.addEventListener('toggle', () => this.requestUpdate());
  }

  private get open(): boolean {
    return this.closest('details')?.open ?? true;
  }

  /** The token of the sequence: the one pointed at, else the last one that has a next. */
  private get position(): number {
    const { token, view } = this.app;
    const T = view?.tokens.length ?? 0;
    return token !== null && token < T ? token : T - 2;
  }

  protected override shouldUpdate(): boolean {
    return this.open;
  }

  protected override willUpdate(): void {
    const { app } = this;
    const changed = () => this.requestUpdate();
    this.head ??= new Asker(app.client, 'head_circuit', changed);
    this.logits ??= new Asker(app.client, 'attribution', changed);
    // Every run has a vocabulary of its own.
    if (this.labels !== app.vocabulary) {
      this.labels = app.vocabulary;
      this.head.forget();
      this.logits.forget();
    }
    const { view } = app;
    if (!view) return;
    const scores = app.series.latest?.heads ?? [];
    const { layer, head } = app.head;
    const through = previousHead(scores, layer);
    this.head.want([view, layer, head, through?.layer, through?.head], { layer, head, through });
    const composed = inductionPair(scores, app.head);
    const place = composed ? [composed.from, composed.to].flatMap((at) => [at.layer, at.head]) : [];
    this.logits.want([view, this.position, ...place], {
      tokens: Array.from(view.tokens),
      position: this.position,
      composed,
    });
  }

  protected override render() {
    const { app } = this;
    const { layer, head } = app.head;
    const index = layer * Number(app.config.n_heads) + head;
    const scores = app.series.latest?.heads[index];
    // Frames come far more often than answers and probes: only what is new is made anew.
    const state = [app.series.latest, app.vocabulary, layer, head, colours().dark];
    const found = [this.head?.answer, this.head?.problem, ...state];
    const role = scores && scores.role !== 'none yet' ? scores.role : '';
    return html`
      <div class="circuits" style="--colour:${headColour(index)}">
        <p class="caption">${words.intro(headName(layer, head), role)}</p>
        <div class="circuit-maps">${guard(found, () => this.renderMaps())}</div>
        <div class="circuit-plots">${guard(found, () => [this.renderEigenvalues(), this.renderEntropy(index)])}</div>
        ${guard([this.logits?.answer, ...state], () => this.renderLogits())}
      </div>
    `;
  }

  private label = (token: number): string => this.app.label(token);

  private renderMaps() {
    const found = this.head?.answer;
    if (!found)
      return html`<p class="caption">${this.head?.problem ? words.refused(this.head.problem) : words.measuring}</p>`;
    const { layer, head, through, size } = found;
    const scores = this.app.series.latest?.heads ?? [];
    const role = scores[layer * Number(this.app.config.n_heads) + head]?.role ?? 'none yet';
    const expects = words.expects[role];
    const common = { size, label: this.label };
    const named = headName(layer, head);
    const pictures: MapPicture[] = [
      { ...common, name: `ov-${named}`, title: words.ov_title, help: words.ov_help, expect: expects.ov, map: found.ov },
    ];
    if (through && found.qk_through.values) {
      const name = headName(through.layer, through.head);
      pictures.push({
        ...common,
        name: `qk-${named}-through-${name}`,
        title: words.through_title(name),
        help: words.through_help(name),
        expect: expects.through,
        map: found.qk_through,
      });
    }
    pictures.push({
      ...common,
      name: `qk-${named}`,
      title: words.qk_title,
      help: words.qk_help,
      expect: expects.qk,
      map: found.qk,
    });
    const { dark } = colours();
    return pictures.map(
      (picture) =>
        html`<ip-circuits-map class="savable" .app=${this.app} .picture=${picture} .dark=${dark}></ip-circuits-map>`,
    );
  }

  /** A head's name, and its place among all. */
  private place({ layer, head }: HeadPlace): [string, number] {
    return [headName(layer, head), layer * Number(this.app.config.n_heads) + head];
  }

  private head_of(title: string, figure: Figure) {
    return html`<div class="figure-head"><h3>${title}</h3><ip-save .app=${this.app} .figure=${figure}></ip-save></div>`;
  }

  private renderEigenvalues() {
    const found = this.head?.answer;
    if (!found) return nothing;
    return html`
      <div class="eigen savable">
        ${found.copying === null ? html`<h3>${words.eigen_title}</h3>` : this.head_of(words.eigen_title, eigenFigure(found, ...this.place(found)))}
        ${
          found.copying === null
            ? html`<p class="not-defined">${words.not_defined(found.copying_not_defined ?? '')}</p>`
            : html`<div class="beside">${eigenPlane(found.eigenvalues)}
                <div><p id="copying">${words.eigen_score(found.copying)}</p><p class="caption">${words.eigen_help}</p></div></div>`
        }
      </div>
    `;
  }

  private renderEntropy(index: number) {
    const { series, config } = this.app;
    const now = series.latest?.heads[index]?.entropy;
    if (now === undefined) return nothing;
    const even = evenEntropy(Number(config.n_ctx));
    return html`
      <div class="savable">
        ${this.head_of(words.entropy_title, entropyFigure(series, ...this.place(this.app.head), even))}
        ${entropyLine(series.step, series.entropy[index] ?? [], even)}
        <p class="caption">${words.entropy_help(now, even)}</p>
      </div>
    `;
  }

  private renderLogits() {
    const found = this.logits?.answer;
    const { view } = this.app;
    if (!view || !found) return nothing;
    const label = this.label(view.tokens[found.position] ?? 0);
    const title = words.logit_title(label, found.position);
    const { composed, tokens } = found;
    const name = (place: { layer: number; head: number }) => headName(place.layer, place.head);
    return html`
      <div class="logit-part savable">
        ${this.head_of(title, logitFigure(found, this.app.series.latest?.heads ?? [], title, this.label))}
        <p class="caption">${found.not_by_path === null ? words.logit_help : words.whole_help(found.not_by_path)}</p>
        ${logitTable(found, this.app.series.latest?.heads ?? [], this.label)}
        <p id="induction-path">${composed ? words.composed(name(composed.from), name(composed.to), composed.logits[0], composed.without[0], this.label(tokens[0])) : nothing}</p>
      </div>
    `;
  }
}

customElements.define('ip-circuits', CircuitsPanel);
