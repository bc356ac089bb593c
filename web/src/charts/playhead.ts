// The step on show, as a line over a chart that moves without the chart being drawn again; and dragging on the chart, which moves it.
import type uPlot from 'uplot';
import { dragAlong } from './drag.ts';

export class Playhead {
  private readonly line = document.createElement('div');
  private step: number | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly plot: () => uPlot | null,
  ) {
    this.line.className = 'playhead';
    this.line.hidden = true;
    host.append(this.line);
  }

  at(step: number | null): void {
    if (step === this.step) return;
    this.step = step;
    this.place();
  }

  /** Where the chart has its axis now. */
  place(): void {
    const plot = this.plot();
    const none = this.step === null || !plot;
    // Also setting it to what it is makes the browser look again.
    if (this.line.hidden !== none) this.line.hidden = none;
    if (this.step === null || !plot) return;
    const { left, top, width, height } = plot.over.getBoundingClientRect();
    const host = this.host.getBoundingClientRect();
    const x = plot.valToPos(this.step, 'x');
    this.line.style.transform = `translate(${left - host.left + x}px, ${top - host.top}px)`;
    this.line.style.width = `${Math.max(0, width - x)}px`;
    this.line.style.height = `${height}px`;
  }

  drag(go: (step: number, rest: boolean) => void): void {
    dragAlong(this.host, (event, rest) => {
      const plot = this.plot();
      if (!plot) return;
      const { left, width } = plot.over.getBoundingClientRect();
      go(plot.posToVal(Math.max(0, Math.min(width, event.clientX - left)), 'x'), rest);
    });
  }
}
