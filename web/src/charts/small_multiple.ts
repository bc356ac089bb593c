// One of many small figures on the same axes: a score and a loss over steps, the onset, and what all the others did in pale behind.
import type { Colours } from '../theme.ts';

export interface SmallCurves {
  step: readonly number[];
  /** 0 to 1. */
  best: readonly (number | null)[];
  loss: readonly number[];
  onset: number | null;
}

/** The same for all of them. */
export interface SmallAxes {
  max_step: number;
  max_loss: number;
}

interface Frame {
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
  axes: SmallAxes;
}

/** Half a line's width, so that 0 and 1 are seen whole. */
const kEdge = 1.5;

/** The curves of all that have come to their end, in pale: painted once, then only copied. */
export class Backdrop {
  private readonly canvas = document.createElement('canvas');
  private painted = '';

  /** Tells one picture from another; the same while nothing would look different. */
  prepare(curves: readonly SmallCurves[], like: HTMLCanvasElement, axes: SmallAxes, tint: Colours): string {
    const { clientWidth, clientHeight } = like;
    const key = JSON.stringify([curves.length, clientWidth, clientHeight, devicePixelRatio, axes, tint.dark]);
    if (key === this.painted) return key;
    const frame = prepare(this.canvas, [clientWidth, clientHeight], axes);
    if (!frame) return '';
    this.painted = key;
    frame.context.strokeStyle = tint.hairline;
    for (const { step, best } of curves) line(frame, step, best, 1);
    return key;
  }

  draw({ context, width, height }: Frame): void {
    context.drawImage(this.canvas, 0, 0, width, height);
  }
}

export function drawSmall(
  canvas: HTMLCanvasElement,
  curves: SmallCurves,
  behind: Backdrop,
  axes: SmallAxes,
  tint: Colours,
): void {
  const frame = prepare(canvas, [canvas.clientWidth, canvas.clientHeight], axes);
  if (!frame) return;
  const { context, width, height } = frame;
  behind.draw(frame);
  if (curves.onset !== null) drawOnset(frame, curves.onset, tint);
  context.lineWidth = 1;
  context.strokeStyle = tint.grey;
  line(frame, curves.step, curves.loss, axes.max_loss);
  context.lineWidth = 1.75;
  context.strokeStyle = tint.heads[0];
  line(frame, curves.step, curves.best, 1);
  context.fillStyle = tint.hairline;
  context.fillRect(0, height - 1, width, 1);
}

/** Sharp at every device pixel ratio; in CSS pixels from here on. null: not on show. */
function prepare(canvas: HTMLCanvasElement, [width, height]: [number, number], axes: SmallAxes): Frame | null {
  const context = canvas.getContext('2d');
  if (!context || width === 0) return null;
  const pixels = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
  if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.lineJoin = 'round';
  return { context, width, height, axes };
}

function line(frame: Frame, steps: readonly number[], values: readonly (number | null)[], top: number): void {
  const { context, width, height, axes } = frame;
  context.beginPath();
  let down = false;
  values.forEach((value, i) => {
    if (value === null) return;
    const x = (width * steps[i]) / axes.max_step;
    const y = kEdge + (height - 2 * kEdge) * (1 - Math.min(1, Math.max(0, value / top)));
    if (down) context.lineTo(x, y);
    else context.moveTo(x, y);
    down = true;
  });
  context.stroke();
}

function drawOnset({ context, width, height, axes }: Frame, onset: number, tint: Colours): void {
  const x = Math.min(width - 1, Math.round((width * onset) / axes.max_step));
  context.fillStyle = tint.ink;
  context.globalAlpha = 0.55;
  context.fillRect(x, 0, 1, height);
  context.globalAlpha = 1;
  context.beginPath();
  context.moveTo(x - 3, height);
  context.lineTo(x + 4, height);
  context.lineTo(x + 0.5, height - 5);
  context.fill();
}
