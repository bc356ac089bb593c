// Takes the place of src/theme.ts in an article (embed.config.mjs): colours are a figure's own, read from where it stands.
import { attentionPalette, paletteGradient, type Rgb } from '../src/charts/palette.ts';
import type { Colours } from '../src/theme.ts';
import type { ThemeChoice } from './attributes.ts';

export type { Colours } from '../src/theme.ts';

/** What the page's own style sheet calls paper, for figures that are light or dark whatever the article is. */
const kPaper: Record<'light' | 'dark', Rgb> = { light: [253, 252, 250], dark: [21, 23, 27] };

const system = matchMedia('(prefers-color-scheme: dark)');

export class Tint {
  private cached: Colours | null = null;
  private readonly listeners = new Set<() => void>();
  private readonly stop = new AbortController();
  private readonly watch = new MutationObserver(() => this.refresh());
  choice: ThemeChoice = 'auto';

  /** `host` stands in the article; `figure` inside it carries the colours. */
  constructor(
    private readonly host: HTMLElement,
    private readonly figure: HTMLElement,
  ) {
    const { signal } = this.stop;
    system.addEventListener('change', () => this.refresh(), { signal });
    // Articles switch their colours by a class or an attribute, often with a transition.
    const seen = { attributes: true, attributeFilter: ['class', 'style', 'data-theme', 'data-color-mode'] };
    for (const element of [document.documentElement, document.body]) this.watch.observe(element, seen);
    document.addEventListener('transitionend', () => this.refresh(), { signal });
    this.dress();
  }

  dispose(): void {
    this.stop.abort();
    this.watch.disconnect();
    this.listeners.clear();
  }

  listen(listener: () => void): void {
    this.listeners.add(listener);
  }

  refresh(): void {
    const before = this.figure.style.cssText + this.figure.dataset.scheme;
    this.dress();
    if (before === this.figure.style.cssText + this.figure.dataset.scheme) return;
    this.cached = null;
    for (const listener of this.listeners) listener();
  }

  /** The article's ink and paper, or those of the scheme that was chosen. */
  private dress(): void {
    const { choice, figure } = this;
    const ink = rgbOf(getComputedStyle(this.host).color);
    const dark = choice === 'dark' || (choice === 'auto' && 0.3 * ink[0] + 0.6 * ink[1] + 0.1 * ink[2] > 140);
    figure.dataset.scheme = dark ? 'dark' : 'light';
    figure.dataset.own = String(choice !== 'auto');
    const paper = choice === 'auto' ? this.ground(dark) : kPaper[choice];
    figure.style.setProperty('--ground', css(paper));
    figure.style.setProperty('--text', css(ink));
  }

  /** The first background behind the figure that is not transparent. */
  private ground(dark: boolean): Rgb {
    for (let at: Element | null = this.host; at; at = parentOf(at)) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/^(transparent|rgba\(.*, 0\))$/.test(colour)) return rgbOf(colour);
    }
    return dark ? kPaper.dark : [255, 255, 255];
  }

  get colours(): Colours {
    if (this.cached) return this.cached;
    const style = getComputedStyle(this.figure);
    const read = (name: string) => style.getPropertyValue(name).trim();
    const solid = (name: string) => css(rgbOf(read(name)));
    const dark = this.figure.dataset.scheme === 'dark';
    const paper = rgbOf(read('--paper'));
    this.cached = {
      dark,
      paper: solid('--paper'),
      ink: solid('--ink'),
      grey: solid('--grey'),
      hairline: solid('--hairline'),
      heads: Array.from({ length: 8 }, (_, i) => solid(`--head-${i}`)),
      palette: attentionPalette(paper, dark),
      gradient: paletteGradient(paper, dark),
    };
    return this.cached;
  }
}

function parentOf(element: Element): Element | null {
  return element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as ShadowRoot).host ?? null;
}

function css(colour: Rgb): string {
  return `rgb(${colour.join(' ')})`;
}

let canvas: CanvasRenderingContext2D | null = null;

/** Of any CSS colour, in whatever notation. */
function rgbOf(css: string): Rgb {
  canvas ??= Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', {
    willReadFrequently: true,
  });
  if (!canvas) return [128, 128, 128];
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = css;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b];
}

/** Whose colours are asked for: figures draw one after the other. */
let current: Tint | null = null;

export function within<T>(tint: Tint, draw: () => T): T {
  const before = current;
  current = tint;
  try {
    return draw();
  } finally {
    current = before ?? tint;
  }
}

export function colours(): Colours {
  if (!current) throw new Error('No figure is being drawn.');
  return current.colours;
}

export function onTheme(listener: () => void): void {
  current?.listen(listener);
}

/** What everything in the figure that is being drawn is painted over. */
export function ground(): Rgb {
  return rgbOf(colours().paper);
}

/** Colour of a head, by its place among all heads. */
export function headColour(index: number): string {
  return `var(--head-${index % 8})`;
}
