// A matrix over pairs of tokens as a picture that can be read by pointer and by keys.
import type { TokenMap } from '@core/loader.mjs';
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app.ts';
import { drawSigned, largestSize, signedGradient } from '../charts/signed.ts';
import type { Figure } from '../figures.ts';
import { three } from '../format.ts';
import { circuitStrings as words } from '../strings_circuits.ts';
import { ground } from '../theme.ts';
import './save.ts';
import '../styles/figure.css';

export interface MapPicture {
  /** Ends the names of files. */
  name: string;
  title: string;
  help: string;
  /** What one would see for the head's role; '' when there is nothing to say. */
  expect: string;
  size: number;
  map: TokenMap;
  label(token: number): string;
}

/** More names than this do not fit along an axis. */
const kMostNames = 32;

export class CircuitsMap extends LitElement {
  static override properties = {
    app: { attribute: false },
    picture: { attribute: false },
    dark: {},
    row: { state: true },
    column: { state: true },
  };
  declare app: App;
  declare picture: MapPicture;
  /** Other colours are another picture. */
  declare dark: boolean;
  declare row: number | null;
  declare column: number | null;

  protected override createRenderRoot() {
    return this;
  }

  protected override render() {
    const { title, help, expect, map, size } = this.picture;
    return html`
      <div class="figure-head"><h3>${title}</h3>${map.values ? this.renderSave(map.values) : nothing}</div>
      ${map.values ? this.renderMap(map.values) : html`<p class="not-defined">${words.not_defined(map.not_defined ?? '')}</p>`}
      ${expect === '' || !map.values ? nothing : html`<p class="expect">${expect}</p>`}
      ${
        map.diagonal_share === null || map.diagonal_margin === null
          ? nothing
          : html`<p class="caption diagonal-words">${words.diagonal(map.diagonal_share, map.diagonal_margin, 1 / size)}</p>`
      }
      <p class="caption">${help}</p>
    `;
  }

  private renderSave(values: Float32Array) {
    const { name, title, size, label } = this.picture;
    const map = { title, size, values, label };
    const figure: Figure = {
      name,
      title,
      svg: async () => (await import('../share/signed_svg.ts')).signedMapSvg(map),
      table: async () => (await import('../share/signed_svg.ts')).signedMapTable(map),
    };
    return html`<ip-save .app=${this.app} .figure=${figure}></ip-save>`;
  }

  private renderMap(values: Float32Array) {
    const { size, title } = this.picture;
    const most = largestSize(values);
    const { row, column } = this;
    return html`
      <div class="token-map ${size > kMostNames ? 'many' : ''}" style="--t:${size}">
        <div class="names left" aria-hidden="true">${this.names()}</div>
        <div
          class="cells"
          role="group"
          tabindex="0"
          aria-label=${words.map(title, size)}
          @pointermove=${this.onPoint}
          @pointerleave=${this.onLeave}
          @keydown=${this.onKey}
        >
          <canvas width="1" height="1"></canvas>
          <svg viewBox="0 0 ${size} ${size}" aria-hidden="true">
            <line class="diagonal" x1="0" y1="0" x2=${size} y2=${size} />
            <rect class="cursor" x=${column ?? 0} y=${row ?? 0} width="1" height="1" style=${row === null ? 'display:none' : ''} />
          </svg>
        </div>
        <div class="names below" aria-hidden="true">${this.names()}</div>
      </div>
      <p class="legend">
        <span>−${three(most)}</span>
        <span class="ramp" style="background:${signedGradient(ground(), this.dark)}"></span>
        <span>+${three(most)}</span>
        <output aria-live="polite">${this.reading(values)}</output>
      </p>
    `;
  }

  private names() {
    const { size, label } = this.picture;
    const every = Math.ceil(size / kMostNames);
    return Array.from({ length: size }, (_, token) => html`<span>${token % every === 0 ? label(token) : ''}</span>`);
  }

  private reading(values: Float32Array): string {
    const { row, column } = this;
    const { size, label } = this.picture;
    if (row === null || column === null || row >= size || column >= size) return words.cell_help;
    return words.cell(label(row), label(column), values[row * size + column]);
  }

  protected override updated(): void {
    const canvas = this.querySelector('canvas');
    const { values } = this.picture.map;
    if (canvas && values) drawSigned(canvas, values, this.picture.size, { background: ground(), dark: this.dark });
  }

  private onPoint(event: PointerEvent): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const { size } = this.picture;
    const place = (share: number) => Math.min(size - 1, Math.max(0, Math.floor(share * size)));
    this.column = place((event.clientX - box.left) / box.width);
    this.row = place((event.clientY - box.top) / box.height);
  }

  private onLeave(event: PointerEvent): void {
    if (event.pointerType !== 'mouse') return;
    this.row = null;
    this.column = null;
  }

  private onKey(event: KeyboardEvent): void {
    const moves: Record<string, [number, number]> = {
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const inside = (at: number) => Math.min(this.picture.size - 1, Math.max(0, at));
    const first = this.row === null || this.row === undefined;
    this.row = first ? 0 : inside((this.row ?? 0) + move[0]);
    this.column = first ? 0 : inside((this.column ?? 0) + move[1]);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.row ??= null;
    this.column ??= null;
  }
}

customElements.define('ip-circuits-map', CircuitsMap);
