// Onsets as bars over the axis of steps, those that never came in a bar of their own, and the quartiles as a line below.
import { html, nothing, svg } from 'lit';
import { whole } from '../format.ts';
import type { Bin, Quartiles } from '../many/summary.ts';
import { manyStrings as words } from '../strings_many.ts';

const kHeight = 96;
/** Share of the width that the axis of steps takes; the bar of 'never' stands beyond. */
const kAxis = 86;
const kNever = { from: 91, width: 6 };

/** In percent of the figure's width, so that it fits every screen without distorting its text. */
export function renderHistogram(bins: Bin[], never: number, { lower, median, upper }: Quartiles) {
  const end = bins[bins.length - 1].to;
  const tallest = Math.max(1, never, ...bins.map(({ count }) => count));
  const x = (step: number) => (kAxis * step) / end;
  const y = (count: number) => (kHeight * count) / tallest;
  const bar = (from: number, width: number, count: number, kind = '') =>
    count === 0
      ? nothing
      : svg`<rect class=${kind} x="${from}%" y=${kHeight - y(count)} width="${width}%" height=${y(count)}></rect>`;
  return html`
    <div class="bars" aria-hidden="true">
      <svg width="100%" height=${kHeight + 12}>
        ${bins.map(({ from, count }) => bar(x(from) + 0.1, x(bins[0].to) - 0.2, count))}
        ${bar(kNever.from, kNever.width, never, 'never')}
        <line x1="0" x2="${kAxis}%" y1=${kHeight + 0.5} y2=${kHeight + 0.5}></line>
        <line x1="${kNever.from}%" x2="${kNever.from + kNever.width}%" y1=${kHeight + 0.5} y2=${kHeight + 0.5}></line>
        ${lower !== null && upper !== null ? svg`<line class="middle" x1="${x(lower)}%" x2="${x(upper)}%" y1=${kHeight + 7} y2=${kHeight + 7}></line>` : nothing}
        ${median === null ? nothing : svg`<circle cx="${x(median)}%" cy=${kHeight + 7} r="3.5"></circle>`}
      </svg>
      <p class="bar-counts">${[...bins.map(({ from, to, count }) => count > 0 && label(x((from + to) / 2), y(count), String(count))), never > 0 && label(kNever.from + kNever.width / 2, y(never), String(never))]}</p>
      <p class="bar-axis">
        ${ticks(end).map((step) => html`<span style="left:${x(step)}%">${whole(step)}</span>`)}
        <span style="left:${kNever.from + kNever.width / 2}%">${words.never}</span>
      </p>
    </div>
    <ul class="hidden">
      ${bins.filter(({ count }) => count > 0).map(({ from, to, count }) => html`<li>${words.bin(from, to, count)}</li>`)}
      <li>${words.never}: ${never}</li>
    </ul>
  `;
}

function label(left: number, height: number, text: string) {
  return html`<span style="left:${left}%;bottom:${height + 14}px">${text}</span>`;
}

/** About four round numbers. */
function ticks(end: number): number[] {
  const rough = end / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((size) => size >= rough) ?? rough;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step).filter(Number.isInteger);
}
