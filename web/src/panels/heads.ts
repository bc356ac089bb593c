// The heads: the largest thing on the page. Rows are layers, the first one at the bottom: information flows up.

import { html, nothing, svg } from 'lit';
import type { Topic } from '../app.ts';
import { cellsPath, drawAttention, drawTile } from '../charts/attention_map.ts';
import type { Arrow } from '../composition.ts';
import type { Figure } from '../figures.ts';
import { headName, score } from '../format.ts';
import { heldOn } from '../held.ts';
import { strings } from '../strings.ts';
import { withTerms } from '../terms.ts';
import { colours, headColour } from '../theme.ts';
import './alarms.ts';
import './head_actions.ts';
import { headKey } from './head_keys.ts';
import { heldAs, renderName, renderSure, roleScore } from './head_label.ts';
import './arrows.ts';
import { Panel } from './panel.ts';
import './save.ts';

export class HeadsPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings', 'select'];
  /** Where the targets' outline was computed for: it changes only with the sequence. */
  private outlined = '';
  readonly weight = 2;
  private outline = '';
  private cell = '';
  private arrows: readonly Arrow[] = [];
  private readonly onArrows = (arrows: readonly Arrow[]): void => {
    this.arrows = arrows;
    this.requestUpdate();
  };

  private readonly figure: Figure = {
    name: 'heads',
    title: strings.heads_title,
    svg: async () => (await import('../share/maps_svg.ts')).mapsSvg(this.app),
    table: async () => (await import('../share/maps_svg.ts')).mapsTable(this.app),
  };

  protected override render() {
    const n_layers = Number(this.app.config.n_layers);
    const layers = Array.from({ length: n_layers }, (_, i) => n_layers - 1 - i);
    return html`
      <section aria-labelledby="heads-title">
        <header class="section-head">
          <h2 id="heads-title">${strings.heads_title}</h2>
          <ip-save .app=${this.app} .figure=${this.figure}></ip-save>
          ${this.renderLegend()}
          <label class="check">
            <input
              id="targets"
              type="checkbox"
              .checked=${this.app.settings.targets}
              @change=${(event: Event) => this.app.setView({ targets: (event.target as HTMLInputElement).checked })}
            />
            ${strings.show_targets}
          </label>
        </header>
        <div role="grid" aria-labelledby="heads-title" class="heads" @keydown=${this.onKey}>
          ${layers.map((layer) => [this.renderLayer(layer), layer > 0 ? this.renderGap(layer) : nothing])}
        </div>
        <ip-composition .app=${this.app} .onArrows=${this.onArrows}></ip-composition>
        <p class="caption">${withTerms(strings.heads_help)} <span class="cell">${this.cell}</span></p>
        <ip-head-actions .app=${this.app}></ip-head-actions>
        <ip-alarms .app=${this.app}></ip-alarms>
      </section>
    `;
  }

  private renderLegend() {
    return html`
      <p class="legend">
        <span>${strings.scale_low}</span>
        <span class="ramp" style="background:${colours().gradient}"></span>
        <span>${strings.scale_high}</span> <span>${strings.scale_name}</span>
      </p>
    `;
  }

  private renderLayer(layer: number) {
    const n_heads = Number(this.app.config.n_heads);
    return html`
      <div role="row" class="layer" style="--n:${n_heads}">
        <span role="rowheader" class="layer-name">${strings.layer(layer)}</span>
        ${Array.from({ length: n_heads }, (_, head) => this.renderHead(layer, head))}
      </div>
    `;
  }

  /** Composition with the layer below. */
  private renderGap(layer: number) {
    const n_heads = Number(this.app.config.n_heads);
    return html`<ip-arrows aria-hidden="true" style="--n:${n_heads}" .layer=${layer} .n_heads=${n_heads} .arrows=${this.arrows}></ip-arrows>`;
  }

  private renderHead(layer: number, head: number) {
    const index = layer * Number(this.app.config.n_heads) + head;
    const scores = this.app.series.latest?.heads[index];
    const chosen = this.app.head.layer === layer && this.app.head.head === head;
    const name = headName(layer, head);
    const held = heldOn(this.app.surgery.held, name);
    const value = roleScore(scores);
    return html`
      <div
        role="gridcell"
        class="head"
        data-head=${name}
        data-role=${scores?.role ?? 'none yet'}
        data-held=${heldAs(held)}
        tabindex=${chosen ? 0 : -1}
        aria-selected=${chosen}
        style="--colour:${headColour(index)}"
        @click=${() => this.app.chooseHead(layer, head)}
        @pointermove=${(event: PointerEvent) => this.onPoint(event, index)}
        @pointerleave=${(event: PointerEvent) => event.pointerType === 'mouse' && this.leave()}
      >
        <div class="map">
          <canvas data-index=${index} width="1" height="1"></canvas>
          ${this.renderOverlay()}
        </div>
        ${renderName(name, scores, held)}
        <div class="bar"><span style="width:${100 * Math.min(1, value ?? 0)}%"></span></div>
        <p class="head-score">
          <span><span class="hidden">${strings.score}</span> ${score(value)}</span> ${renderSure(scores, held)}
        </p>
      </div>
    `;
  }

  /** The row of the token that is pointed at, and the induction targets. */
  private renderOverlay() {
    const T = this.app.view?.tokens.length ?? 0;
    if (T === 0) return nothing;
    const { token, settings } = this.app;
    return html`
      <svg viewBox="0 0 ${T} ${T}" aria-hidden="true" class=${settings.targets ? 'outlined' : ''}>
        <path class="targets" d=${this.targetsPath(T)} />
        ${token !== null && token < T ? svg`<rect class="row" x="0" y=${token} width=${token + 1} height="1" />` : nothing}
      </svg>
    `;
  }

  private targetsPath(T: number): string {
    const view = this.app.view;
    const key = view ? view.tokens.join() : '';
    if (view && key !== this.outlined) {
      this.outlined = key;
      this.outline = cellsPath(view.induction_targets, T);
    }
    return this.outline;
  }

  protected override updated(): void {
    this.draw();
  }

  /** The maps, with every picture. */
  draw(): void {
    const view = this.app.view;
    if (!view) return;
    const T = view.tokens.length;
    const { palette } = colours();
    const n_heads = Number(this.app.config.n_heads);
    const maps = view.maps?.width === n_heads * T ? view.maps : null;
    for (const canvas of this.querySelectorAll('canvas')) {
      const index = Number(canvas.dataset.index);
      const at = index * T * T;
      if (maps) {
        drawTile(canvas, maps, Math.floor(index / n_heads), index % n_heads, T);
        continue;
      }
      const pattern = view.pattern.subarray(at, at + T * T);
      // Between opening another model and its first picture the old one has fewer maps.
      if (pattern.length === T * T) drawAttention(canvas, pattern, T, palette);
    }
  }

  private onPoint(event: PointerEvent, index: number): void {
    const view = this.app.view;
    const map = (event.currentTarget as HTMLElement).querySelector('.map');
    if (!view || !map) return;
    const T = view.tokens.length;
    const box = map.getBoundingClientRect();
    const key = Math.floor(((event.clientX - box.left) / box.width) * T);
    const query = Math.floor(((event.clientY - box.top) / box.height) * T);
    if (key < 0 || query < 0 || key >= T || query >= T) {
      this.leave();
      return;
    }
    const share = view.pattern[(index * T + query) * T + key];
    const name = (t: number) => `${this.app.label(view.tokens[t])} (${t})`;
    this.cell = key > query ? '' : strings.cell(name(query), name(key), share);
    this.app.pointAt(query);
    this.requestUpdate();
  }

  private leave(): void {
    this.cell = '';
    this.app.pointAt(null);
    this.requestUpdate();
  }

  private onKey(event: KeyboardEvent): void {
    const cell = (event.target as HTMLElement).closest<HTMLElement>('.head');
    const at = cell?.dataset.head?.split('.').map(Number);
    if (!at) return;
    const [layer, head] = at;
    const moves: Record<string, [number, number]> = {
      ArrowRight: [layer, head + 1],
      ArrowLeft: [layer, head - 1],
      ArrowUp: [layer + 1, head],
      ArrowDown: [layer - 1, head],
      Home: [layer, 0],
      End: [layer, Number(this.app.config.n_heads) - 1],
    };
    const move = moves[event.key];
    if (headKey(this.app, headName(layer, head), event)) event.stopPropagation();
    else if (event.key === 'Enter' || event.key === ' ') this.app.chooseHead(layer, head);
    else if (move) this.querySelector<HTMLElement>(`[data-head="${headName(...move)}"]`)?.focus();
    else return;
    event.preventDefault();
  }
}

customElements.define('ip-heads', HeadsPanel);
