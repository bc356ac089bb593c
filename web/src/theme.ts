// Light, dark, or as the system has it; and the colours that canvases need from the style sheet.
import { attentionPalette, paletteGradient, parseRgb, type Rgb } from './charts/palette.ts';

export type Theme = 'auto' | 'light' | 'dark';

const kKey = 'induction-playground-theme';
const system = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

export interface Colours {
  dark: boolean;
  paper: string;
  ink: string;
  grey: string;
  hairline: string;
  /** One per head, Okabe and Ito's, repeated after eight. */
  heads: string[];
  palette: Uint32Array;
  gradient: string;
}

let theme: Theme = readTheme();
let cached: Colours | null = null;

function readTheme(): Theme {
  try {
    const stored = localStorage.getItem(kKey);
    return stored === 'light' || stored === 'dark' ? stored : 'auto';
  } catch {
    // Storage may be forbidden, as in a frame of another site.
    return 'auto';
  }
}

/** Paper is white, whatever the screen shows. */
let printing = false;

function apply(): void {
  cached = null;
  const dark = !printing && (theme === 'dark' || (theme === 'auto' && system.matches));
  document.documentElement.dataset.scheme = dark ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

export function startTheme(): void {
  system.addEventListener('change', apply);
  const print = (now: boolean) => () => {
    printing = now;
    apply();
  };
  addEventListener('beforeprint', print(true));
  addEventListener('afterprint', print(false));
  apply();
}

export function currentTheme(): Theme {
  return theme;
}

/** auto, light, dark, auto … */
export function nextTheme(): void {
  theme = theme === 'auto' ? 'light' : theme === 'light' ? 'dark' : 'auto';
  try {
    localStorage.setItem(kKey, theme);
  } catch {
    // Then the choice lasts as long as the page.
  }
  apply();
}

export function onTheme(listener: () => void): void {
  listeners.add(listener);
}

export function colours(): Colours {
  if (cached) return cached;
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  const dark = document.documentElement.dataset.scheme === 'dark';
  const background = ground();
  cached = {
    dark,
    paper: read('--paper'),
    ink: read('--ink'),
    grey: read('--grey'),
    hairline: read('--hairline'),
    heads: Array.from({ length: 8 }, (_, i) => read(`--head-${i}`)),
    palette: attentionPalette(background, dark),
    gradient: paletteGradient(background, dark),
  };
  return cached;
}

/** What everything is painted over. */
export function ground(): Rgb {
  return parseRgb(getComputedStyle(document.body).backgroundColor);
}

/** Colour of a head, by its place among all heads. */
export function headColour(index: number): string {
  return `var(--head-${index % 8})`;
}
