// Onsets as bars over the axis of steps, those that never came in a bar of their own, and the quartiles as a line below.
import { html, nothing, svg } from 'lit';
import { whole } from '../format.ts';
import type { Bin, Quartiles } from '../many/summary.ts';
import { manyStrings as words } from '../strings_many.ts';

const kHeight = 96;
/** Share of the width that the axis of steps takes; the bar of 'never' stands beyond. */
const kAxis = 84;
const kNever = { from: 92, width: 6 };

/** In percent of the figure's width, so that it fits every screen without distorting its text. A step stands in the middle of its probe. */
export function renderHistogram(bins: Bin[], never: number, middle: Quartiles, probe_every: number) {
  const end = bins[bins.length - 1].to;
  const tallest = Math.max(1, never, ...bins.map(({ count }) => count));
  const edge = (step: number) => (kAxis * step) / end;
  const x = (step: number) => edge(step + probe_every / 2);
  const counted = [
    ...bins.map(({ from, count }) => ({ left: edge(from), width: edge(bins[0].to), count, kind: '' })),
    { left: kNever.from, width: kNever.width, count: never, kind: 'never' },
  ].filter(({ count }) => count > 0);
  const high = (count: number) => (kHeight * count) / tallest;
  return html`
    <div class="bars" aria-hidden="true">
      <svg width="100%" height=${kHeight + 12}>
        ${counted.map(({ left, width, count, kind }) => svg`<rect class=${kind} x="${left + 0.1}%" y=${kHeight - high(count)} width="${width - 0.2}%" height=${high(count)}></rect>`)}
        ${[0, kNever.from].map((from) => svg`<line x1="${from}%" x2="${from === 0 ? kAxis : from + kNever.width}%" y1=${kHeight + 0.5} y2=${kHeight + 0.5}></line>`)}
        ${renderMiddle(middle, x)}
      </svg>
      <p class="bar-counts">
        ${counted.map(({ left, width, count }) => html`<span style="left:${left + width / 2}%;bottom:${high(count) + 14}px">${count}</span>`)}
      </p>
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

/** The middle half as a line, the median as a dot on it. */
function renderMiddle({ lower, median, upper }: Quartiles, x: (step: number) => number) {
  const y = kHeight + 7;
  return [
    lower === null || upper === null
      ? nothing
      : svg`<line class="middle" x1="${x(lower)}%" x2="${x(upper)}%" y1=${y} y2=${y}></line>`,
    median === null ? nothing : svg`<circle cx="${x(median)}%" cy=${y} r="3.5"></circle>`,
  ];
}

/** About four round numbers. */
function ticks(end: number): number[] {
  const rough = end / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((size) => size >= rough) ?? rough;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step).filter(Number.isInteger);
}
