// A line chart as SVG, from the picture that the chart on screen is drawn from.
import type { ChartPicture, Level, Line } from '../charts/line_chart.ts';
import { whole } from '../format.ts';
import type { Colours } from '../theme.ts';
import { drawing, element, label, paperColour, short } from './svg.ts';

export interface Captions {
  title: string;
  /** Of the value axis. */
  unit: string;
  /** Of the step axis. */
  step: string;
}

const kWidth = 720;
const kHeight = 360;
const kLeft = 48;
const kTop = 64;
const kBottom = 44;
const kLetter = 6.6;
const kLineHeight = 14;
/** Lines of text that marks may take above the picture. */
const kMostMarks = 2;

class Frame {
  readonly right: number;
  constructor(readonly picture: ChartPicture) {
    const names = [...picture.lines.map(({ end }) => end ?? ''), ...(picture.levels ?? []).map((level) => level.label)];
    this.right = kWidth - 24 - kLetter * Math.max(4, ...names.map((name) => name.length));
  }
  x(step: number): number {
    return kLeft + ((this.right - kLeft) * step) / this.picture.max_step;
  }
  y(value: number): number {
    return kHeight - kBottom - ((kHeight - kBottom - kTop) * value) / this.picture.max_value;
  }
}

export function chartSvg(picture: ChartPicture, captions: Captions, tint: Colours): string {
  const frame = new Frame(picture);
  const parts = [
    label(kLeft, 20, captions.title, { 'font-size': 15, 'font-weight': 600 }),
    ...axes(frame, captions, tint),
    ...(picture.levels ?? []).map((level) => levelLine(frame, level, tint)),
    ...marks(frame, tint),
    ...lowMarks(frame, tint),
    ...picture.lines.map((line) => curve(frame, line)),
    ...ends(frame, tint),
  ];
  const { title } = captions;
  return drawing({ width: kWidth, height: kHeight, title, paper: paperColour(), ink: tint.ink }, parts.join(''));
}

/** Steps of 1, 2 or 5 times a power of ten. */
export function ticks(most: number, wanted: number): number[] {
  const rough = most / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

function axes(frame: Frame, { unit, step }: Captions, tint: Colours): string[] {
  const { right, picture } = frame;
  const bottom = kHeight - kBottom;
  const line = { stroke: tint.hairline };
  const grey = { fill: tint.grey };
  return [
    element('path', { d: `M${kLeft} ${kTop}V${bottom}H${short(right)}`, fill: 'none', ...line }),
    ...ticks(picture.max_step, 6).map((at) =>
      label(frame.x(at), bottom + 16, whole(at), { 'text-anchor': 'middle', ...grey }),
    ),
    ...ticks(picture.max_value, 5).map((at) =>
      label(kLeft - 6, frame.y(at) + 4, String(at), { 'text-anchor': 'end', ...grey }),
    ),
    label(right, kHeight - 10, step, { 'text-anchor': 'end', ...grey }),
    label(kLeft, 38, unit, grey),
  ];
}

function levelLine(frame: Frame, { at, strong }: Level, tint: Colours): string {
  const y = frame.y(at);
  return element('path', {
    d: `M${kLeft} ${short(y)}H${short(frame.right)}`,
    stroke: strong ? tint.ink : tint.grey,
    'stroke-dasharray': '1 4',
  });
}

function marks(frame: Frame, tint: Colours): string[] {
  const high = frame.picture.marks.filter(({ low }) => !low);
  return high.flatMap(({ step, label: text }, i) => {
    const x = frame.x(step);
    const y = kTop - 4 - kLineHeight * (i % kMostMarks);
    const words = `${text}, ${whole(step)}`;
    const left = x - kLetter * words.length > kLeft;
    return [
      element('path', { d: `M${short(x)} ${y - 8}V${kHeight - kBottom}`, stroke: tint.ink, opacity: 0.5 }),
      label(x + (left ? -4 : 4), y, words, { 'text-anchor': left ? 'end' : undefined }),
    ];
  });
}

/** What was done to the run: dashed, named at the foot, one above the other. */
function lowMarks(frame: Frame, tint: Colours): string[] {
  const low = frame.picture.marks.filter((mark) => mark.low);
  return low.flatMap(({ step, label: text }, i) => {
    const x = frame.x(step);
    const left = x + kLetter * text.length > frame.right;
    const y = kHeight - kBottom - 6 - kLineHeight * i;
    const line = { d: `M${short(x)} ${kTop}V${kHeight - kBottom}`, stroke: tint.grey, 'stroke-dasharray': '4 3' };
    const anchor = left ? 'end' : undefined;
    return [element('path', line), label(x + (left ? -4 : 4), y, text, { 'text-anchor': anchor, fill: tint.grey })];
  });
}

/** A gap where a value is missing is bridged, as on screen. */
function curve(frame: Frame, { values, colour, width, dash }: Line): string {
  const { step } = frame.picture;
  const points = step.flatMap((at, i) => {
    const value = values[i];
    return value === null || value === undefined ? [] : [`${short(frame.x(at))} ${short(frame.y(value))}`];
  });
  if (points.length === 0) return '';
  return element('path', {
    d: `M${points.join('L')}`,
    fill: 'none',
    stroke: colour,
    'stroke-width': width,
    'stroke-dasharray': dash?.join(' '),
    'stroke-linejoin': 'round',
  });
}

/** Names right of the picture, never closer to one another than a line of text. */
function ends(frame: Frame, tint: Colours): string[] {
  const { lines, levels = [] } = frame.picture;
  const named = lines.flatMap(({ end, values, colour }) => {
    const value = values.at(-1) ?? null;
    return end === undefined || value === null ? [] : [{ text: end, value, colour: colour as string | null }];
  });
  const all = [...named, ...levels.map((level) => ({ text: level.label, value: level.at, colour: null }))];
  let above = Number.NEGATIVE_INFINITY;
  return all
    .sort((a, b) => b.value - a.value)
    .flatMap(({ text, value, colour }) => {
      above = Math.max(frame.y(value), above + kLineHeight);
      const x = frame.right + 6;
      const sign = colour === null ? '' : element('rect', { x, y: above - 3, width: 6, height: 6, fill: colour });
      return [sign, label(x + 10, above + 4, text, { fill: colour === null ? tint.grey : tint.ink })];
    });
}
