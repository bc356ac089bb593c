// What stands right of a chart: the names of its lines and levels.
import type { ChartPicture } from './line_chart.ts';

/** Names at the ends of lines that fit below one another. */
const kMostEnds = 12;
/** Room for the names of the lines; of the levels, per letter. */
export const kEndWidth = 76;
const kLetter = 6.5;

/** Names of lines and levels, from the top down. */
export function endsOf(picture: ChartPicture | null): { label: string; value: number; colour: string | null }[] {
  const { lines = [], levels = [] } = picture ?? {};
  const ends = lines.flatMap(({ end, values, colour }) => {
    const value = values.at(-1) ?? null;
    return end === undefined || value === null ? [] : [{ label: end, value, colour }];
  });
  const all = [...ends, ...levels.map(({ at, label }) => ({ label, value: at, colour: null }))];
  return all.sort((a, b) => b.value - a.value).slice(0, kMostEnds);
}

/** Room right of the picture. */
export function endWidth({ levels = [] }: ChartPicture): number {
  return Math.max(kEndWidth, ...levels.map(({ label }) => 18 + kLetter * label.length));
}
