// The phase diagram: a table whose cells are coloured buttons, so that it reads as well as it looks.
import { html, type TemplateResult } from 'lit';
import type { Chosen } from './address.ts';
import { type Cell, type Measure, scaleOf } from './cells.ts';
import type { AtlasKnob } from './data.ts';
import type { Ink } from './ramp.ts';

export interface Phase {
  table: Cell[][];
  x: AtlasKnob;
  y: AtlasKnob;
  measure: Measure;
  view: Chosen;
  ink(share: number): Ink;
  choose(cell: [number, number]): void;
}

/** How much induction a value means, from 0 to 1: the colour. */
function strength(phase: Phase, value: number): number {
  const [low, high] = scaleOf(phase.measure, phase.table);
  const share = (value - low) / (high - low);
  return phase.measure.less_is_more ? 1 - share : share;
}

function cellText(phase: Phase, cell: Cell): string {
  if (cell.runs.length === 0) return '';
  return cell.value === null ? (phase.measure.name === 'onset' ? 'never' : '–') : phase.measure.text(cell.value);
}

function cellLabel(phase: Phase, row: number, column: number): string {
  const { measure, x, y } = phase;
  const cell = phase.table[row][column];
  const place = phase.x === phase.y ? '' : `${y.name} ${y.values[row]}, `;
  const number = cellText(phase, cell) || 'no runs';
  const of = cell.runs.length > 0 ? `, ${cell.counted} of ${cell.runs.length} runs` : '';
  const diverged = cell.diverged > 0 ? `, ${cell.diverged} diverged` : '';
  return `${place}${x.name} ${x.values[column]}: ${number}${cell.value === null ? '' : ` ${measure.unit}`}${of}${diverged}`;
}

function drawCell(phase: Phase, row: number, column: number): TemplateResult {
  const cell = phase.table[row][column];
  const chosen = phase.view.cell?.[0] === row && phase.view.cell[1] === column;
  const reached = chosen || (!phase.view.cell && row === 0 && column === 0);
  const ink = cell.value === null ? null : phase.ink(strength(phase, cell.value));
  const style = ink ? `background:${ink.background};color:${ink.text}` : '';
  const kind = cell.runs.length === 0 ? 'empty' : cell.value === null ? 'never' : '';
  return html`<td><button class="cell ${kind}" style=${style} aria-pressed=${chosen ? 'true' : 'false'} tabindex=${reached ? 0 : -1}
    data-cell="${row}.${column}" aria-label=${cellLabel(phase, row, column)} @click=${() => phase.choose([row, column])}>${cellText(phase, cell)}</button></td>`;
}

/** Arrow keys move among the cells, Home and End along a row. */
function move(event: KeyboardEvent): void {
  const from = (event.target as HTMLElement).dataset.cell?.split('.').map(Number);
  const steps: Record<string, [number, number]> = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    Home: [0, -1e6],
    End: [0, 1e6],
  };
  const step = steps[event.key];
  if (!from || !step) return;
  const table = event.currentTarget as HTMLElement;
  const row = from[0] + step[0];
  const last = table.querySelectorAll(`[data-cell^="${from[0]}."]`).length - 1;
  const column = Math.min(last, Math.max(0, from[1] + step[1]));
  event.preventDefault();
  const to = table.querySelector<HTMLElement>(`[data-cell="${row}.${column}"]`);
  if (!to) return;
  for (const cell of table.querySelectorAll<HTMLElement>('[data-cell]')) cell.tabIndex = cell === to ? 0 : -1;
  to.focus();
}

export function drawPhase(phase: Phase): TemplateResult {
  const { x, y, table, measure } = phase;
  const unit = (knob: AtlasKnob) => (knob.unit ? html` <span class="grey">(${knob.unit})</span>` : '');
  const two = x !== y;
  return html`<div class="scroll"><table class="phase" @keydown=${move}>
    <caption>${measure.label}${measure.unit ? `, ${measure.unit}` : ''}</caption>
    <thead>
      <tr><td></td><th class="axis" colspan=${x.values.length} scope="colgroup">${x.name}${unit(x)}</th></tr>
      <tr><th class="axis corner" scope="col">${two ? html`${y.name}${unit(y)}` : ''}</th>${x.values.map((value) => html`<th scope="col">${value}</th>`)}</tr>
    </thead>
    <tbody>${table.map(
      (row, i) =>
        html`<tr><th scope="row">${two ? y.values[i] : 'all'}</th>${row.map((_, j) => drawCell(phase, i, j))}</tr>`,
    )}</tbody>
  </table></div>`;
}

/** The colour scale with its two ends, and what has no colour. */
export function drawLegend(phase: Phase): TemplateResult {
  const { measure, table } = phase;
  const [low, high] = scaleOf(measure, table);
  const ends = measure.less_is_more ? [high, low] : [low, high];
  const stops = Array.from({ length: 9 }, (_, i) => phase.ink(i / 8).background).join(', ');
  return html`<p class="legend caption">
    <span>${measure.text(ends[0])}</span><span class="ramp" style="background:linear-gradient(to right, ${stops})"></span><span>${measure.text(ends[1])} ${measure.unit}</span>
    <span>stronger colour: more induction</span>
    ${measure.name === 'onset' ? html`<span>never: no run of the cell had an induction head</span>` : ''}
    <span>hatched: no runs</span>
  </p>`;
}
