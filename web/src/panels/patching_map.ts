// The map of patches: places by positions, read by pointer and by keys.
import { html, LitElement } from 'lit';
import { drawSigned, signedGradient } from '../charts/signed.ts';
import type { Figure } from '../figures.ts';
import { patchingStrings as words } from '../strings_patching.ts';
import { ground } from '../theme.ts';

export interface PatchPicture {
  /** From the top. */
  rows: { name: string; words: string; values: readonly number[] }[];
  /** The clean prompt's tokens. */
  columns: string[];
  changed: number;
  read: number;
}

/** More names than this do not fit along an axis. */
const kMostNames = 32;

/** As it is saved; the caption tells which difference is shared out. */
export function patchFigure({ rows, columns }: PatchPicture, caption: string): Figure {
  const map = { title: words.figure, caption, legend: words.legend, rows, columns };
  return {
    name: 'patches',
    title: words.figure,
    svg: async () => (await import('../share/patching_svg.ts')).patchMapSvg(map),
    table: async () => (await import('../share/patching_svg.ts')).patchMapTable(map),
  };
}

export class PatchingMap extends LitElement {
  static override properties = {
    picture: { attribute: false },
    dark: {},
    row: { state: true },
    column: { state: true },
  };
  declare picture: PatchPicture;
  /** Other colours are another picture. */
  declare dark: boolean;
  declare row: number | null;
  declare column: number | null;

  protected override createRenderRoot() {
    return this;
  }

  protected override render() {
    const { rows, columns, changed, read } = this.picture;
    const { row, column } = this;
    const every = Math.ceil(columns.length / kMostNames);
    const line = (at: number) => html`<span class="marked" style="--at:${at}"></span>`;
    return html`
      <div class="patch-map ${columns.length > kMostNames / 2 ? 'many' : ''}" style="--rows:${rows.length};--columns:${columns.length}">
        <div class="names left" aria-hidden="true">${rows.map(({ name }) => html`<span>${name}</span>`)}</div>
        <div
          class="cells"
          role="group"
          tabindex="0"
          aria-label=${words.map(rows.length, columns.length)}
          @pointermove=${this.onPoint}
          @pointerleave=${this.onLeave}
          @keydown=${this.onKey}
        >
          <canvas width="1" height="1"></canvas>
          ${[...new Set([changed, read])].map(line)}
          <span class="cursor" style="--row:${row ?? 0};--at:${column ?? 0};${row === null ? 'display:none' : ''}"></span>
        </div>
        <div class="names below" aria-hidden="true">
          ${columns.map((label, t) => html`<span>${t % every === 0 ? label : ''}</span>`)}
        </div>
      </div>
      <p class="legend">
        <span>${words.legend_below}</span>
        <span class="ramp" style="background:${signedGradient(ground(), this.dark)}"></span>
        <span>${words.legend_above}</span>
        <output aria-live="polite">${this.reading()}</output>
      </p>
    `;
  }

  private reading(): string {
    const { row, column } = this;
    const { rows, columns } = this.picture;
    if (row === null || column === null || row >= rows.length || column >= columns.length) return words.cell_help;
    return words.cell(rows[row].words, column, columns[column], rows[row].values[column]);
  }

  protected override updated(): void {
    const canvas = this.querySelector('canvas');
    const { rows, columns } = this.picture;
    if (!canvas) return;
    const values = Float32Array.from(rows.flatMap((row) => row.values.map(inside)));
    drawSigned(canvas, values, columns.length, { background: ground(), dark: this.dark }, 1);
  }

  private onPoint(event: PointerEvent): void {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const { rows, columns } = this.picture;
    this.column = share((event.clientX - box.left) / box.width, columns.length);
    this.row = share((event.clientY - box.top) / box.height, rows.length);
    this.tell();
  }

  private onLeave(event: PointerEvent): void {
    if (event.pointerType !== 'mouse') return;
    this.row = null;
    this.column = null;
  }

  /** Which cell is read now. */
  private tell(): void {
    this.dispatchEvent(new CustomEvent('cell', { detail: { row: this.row, column: this.column } }));
  }

  /** Begins at the lower left, where the model does; Home and End lead to the ends of a row. */
  private onKey(event: KeyboardEvent): void {
    const { rows, columns } = this.picture;
    const [lowest, last] = [rows.length - 1, columns.length - 1];
    const { row, column } = this;
    const moves: Record<string, [number, number]> = {
      ArrowRight: [0, 1],
      ArrowLeft: [0, -1],
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      Home: [0, -last],
      End: [0, last],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const within = (at: number, most: number) => Math.min(most, Math.max(0, at));
    this.row = row === null ? lowest : within(row + move[0], lowest);
    this.column = column === null ? 0 : within(column + move[1], last);
    this.tell();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.row ??= null;
    this.column ??= null;
  }
}

const inside = (value: number): number => Math.min(1, Math.max(-1, value));
const share = (of_all: number, n: number): number => Math.min(n - 1, Math.max(0, Math.floor(of_all * n)));

customElements.define('ip-patching-map', PatchingMap);
