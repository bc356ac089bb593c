// A thin hand on uPlot: lines over steps, with marked steps, a dotted level and labels at the ends of lines.
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { whole } from '../format.ts';
import type { Column } from '../series.ts';
import type { Colours } from '../theme.ts';
import { endsOf, endWidth, kEndWidth } from './line_ends.ts';
import { Playhead } from './playhead.ts';

export interface Line {
  label: string;
  colour: string;
  /** Device-independent pixels. */
  width: number;
  dash?: number[];
  values: Column;
  /** Written beside the end of the line; none when undefined. */
  end?: string;
}

export interface Level {
  at: number;
  label: string;
  /** Drawn in ink rather than in grey. */
  strong?: boolean;
}

export interface Mark {
  step: number;
  label: string;
  /** Dashed, with its label at the foot: what was done to the run, not what happened in it. */
  low?: boolean;
}

export interface ChartPicture {
  step: number[];
  lines: Line[];
  /** Dotted horizontal lines. */
  levels?: Level[];
  /** Thin vertical lines. */
  marks: Mark[];
  /** Right end of the step axis. */
  max_step: number;
  /** Top of the value axis. */
  max_value: number;
}

const kHeight = 236;
/** Room above the lines for the labels of the marks: two lines of text. */
const kMarkBand = 36;
const kFont = '12px system-ui, sans-serif';

export class LineChart {
  private plot: uPlot | null = null;
  private picture: ChartPicture | null = null;
  private shape = '';
  private readonly observer: ResizeObserver;
  private readonly playhead: Playhead;

  constructor(private readonly host: HTMLElement) {
    this.observer = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (this.plot && width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: kHeight });
    });
    this.observer.observe(host);
    this.playhead = new Playhead(host, () => this.plot);
  }

  /** A step in the past that the page shows; null: the run goes on at its end. */
  point(step: number | null): void {
    this.playhead.at(step);
  }

  /** Dragging along the axis goes back and forth in the run; `rest` when the finger has come to rest. */
  scrub(go: (step: number, rest: boolean) => void): void {
    this.playhead.drag(go);
  }

  draw(picture: ChartPicture, colours: Colours): void {
    this.picture = picture;
    const data = [picture.step, ...picture.lines.map((line) => line.values)] as uPlot.AlignedData;
    // Styles are fixed in uPlot: another set of lines or colours is another plot.
    const shape = JSON.stringify([
      colours.dark,
      endWidth(picture),
      picture.lines.map(({ colour, width, dash }) => [colour, width, dash]),
    ]);
    if (this.plot && shape === this.shape) {
      this.plot.setData(data);
      return;
    }
    this.shape = shape;
    this.plot?.destroy();
    this.plot = new uPlot(this.options(picture, colours), data, this.host);
  }

  destroy(): void {
    this.observer.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  private options(picture: ChartPicture, colours: Colours): uPlot.Options {
    const axis = {
      stroke: colours.grey,
      font: kFont,
      grid: { show: false },
      ticks: { stroke: colours.hairline, size: 4 },
    };
    return {
      width: Math.max(200, Math.floor(this.host.clientWidth)),
      height: kHeight,
      // Room above for the labels of the marks, on the right for the names at the ends of the lines.
      padding: [kMarkBand, endWidth(picture), 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: () => [0, this.picture?.max_step ?? 1] },
        y: { range: () => [0, this.picture?.max_value ?? 1] },
      },
      axes: [
        { ...axis, size: 28, gap: 3, values: (_, splits) => splits.map(whole) },
        { ...axis, size: 34, gap: 3 },
      ],
      series: [
        {},
        ...picture.lines.map(({ label, colour, width, dash }) => ({
          label,
          stroke: colour,
          width,
          dash,
          points: { show: false },
          spanGaps: true,
        })),
      ],
      hooks: { draw: [(plot) => this.annotate(plot, colours), () => this.playhead.place()] },
    };
  }

  private annotate(plot: uPlot, colours: Colours): void {
    if (!this.picture) return;
    const { ctx } = plot;
    ctx.save();
    ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.lineWidth = devicePixelRatio;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    this.drawLevels(plot, colours);
    this.drawMarks(plot, colours);
    this.drawLowMarks(plot, colours);
    this.drawEnds(plot, colours);
    ctx.restore();
  }

  private drawLevels(plot: uPlot, colours: Colours): void {
    const { ctx, bbox } = plot;
    ctx.setLineDash([devicePixelRatio, 4 * devicePixelRatio]);
    for (const { at, strong } of this.picture?.levels ?? []) {
      const y = plot.valToPos(at, 'y', true);
      ctx.strokeStyle = strong ? colours.ink : colours.grey;
      line(ctx, bbox.left, y, bbox.left + bbox.width, y);
    }
    ctx.setLineDash([]);
  }

  private drawMarks(plot: uPlot, colours: Colours): void {
    const { ctx, bbox } = plot;
    const pixel = devicePixelRatio;
    const place = (step: number) => plot.valToPos(step, 'x', true);
    const text = (mark: Mark) => `${mark.label}, ${whole(mark.step)}`;
    const marks = this.picture?.marks.filter(({ low }) => !low) ?? [];
    // Labels lie left of their lines, one below the other, unless that leaves the picture.
    const left = marks.every((mark) => place(mark.step) - ctx.measureText(text(mark)).width - 4 * pixel > bbox.left);
    marks.forEach((mark, i) => {
      const x = place(mark.step);
      ctx.strokeStyle = colours.ink;
      ctx.globalAlpha = 0.5;
      line(ctx, x, bbox.top - (18 - 15 * i) * pixel, x, bbox.top + bbox.height);
      ctx.globalAlpha = 1;
      ctx.fillStyle = colours.ink;
      ctx.textAlign = left ? 'right' : 'left';
      const last = ctx.canvas.width - ctx.measureText(text(mark)).width;
      const at: [number, number] = [
        left ? x - 4 * pixel : Math.min(x + 4 * pixel, last),
        bbox.top - (22 - 15 * i) * pixel,
      ];
      groundText(ctx, text(mark), at, colours);
    });
    ctx.textAlign = 'left';
  }

  private drawLowMarks(plot: uPlot, colours: Colours): void {
    const { ctx, bbox } = plot;
    const pixel = devicePixelRatio;
    const foot = bbox.top + bbox.height;
    ctx.fillStyle = colours.grey;
    const marks = this.picture?.marks.filter(({ low }) => low) ?? [];
    marks.forEach(({ step, label }, i) => {
      const x = plot.valToPos(step, 'x', true);
      ctx.strokeStyle = colours.grey;
      ctx.setLineDash([4 * pixel, 3 * pixel]);
      line(ctx, x, bbox.top, x, foot);
      ctx.setLineDash([]);
      // Right of its line where there is room, in one of three rows.
      const right = x + ctx.measureText(label).width + 4 * pixel < bbox.left + bbox.width;
      ctx.textAlign = right ? 'left' : 'right';
      const at: [number, number] = [x + (right ? 4 : -4) * pixel, foot - (5 + 14 * (i % 3)) * pixel];
      groundText(ctx, label, at, colours);
    });
    ctx.textAlign = 'left';
  }

  /** Names at the right ends, never closer to one another than a line of text. */
  private drawEnds(plot: uPlot, colours: Colours): void {
    const { ctx, bbox } = plot;
    const pixel = devicePixelRatio;
    const right = bbox.left + bbox.width;
    const last = Math.min(plot.valToPos(this.picture?.step.at(-1) ?? 0, 'x', true), right);
    // The levels span the picture: their names stand beyond the right edge, often far from the others.
    const apart = right - last > kEndWidth * pixel;
    const above = { line: Number.NEGATIVE_INFINITY, level: Number.NEGATIVE_INFINITY };
    for (const { label, value, colour } of endsOf(this.picture)) {
      const column = apart && colour === null ? 'level' : 'line';
      const at = Math.max(plot.valToPos(value, 'y', true), above[column] + 13 * pixel);
      above[column] = at;
      const x = colour === null ? right : last;
      ctx.fillStyle = colour ?? colours.grey;
      if (colour !== null) ctx.fillRect(x + 4 * pixel, at - 3 * pixel, 6 * pixel, 6 * pixel);
      ctx.fillStyle = colour === null ? colours.grey : colours.ink;
      ctx.fillText(label, x + (colour === null && apart ? 4 : 14) * pixel, at + 4 * pixel);
    }
  }
}

/** Over lines a text needs a ground. */
function groundText(ctx: CanvasRenderingContext2D, text: string, at: [number, number], { paper }: Colours): void {
  const { lineWidth } = ctx;
  ctx.lineWidth = 3 * devicePixelRatio;
  ctx.strokeStyle = paper;
  ctx.strokeText(text, ...at);
  ctx.lineWidth = lineWidth;
  ctx.fillText(text, ...at);
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}
