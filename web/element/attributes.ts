// What an author writes on the element: attributes of the figure itself, and everything else that an address of the page may say.

export type Autoplay = 'onscreen' | 'click' | 'never';
export type Controls = 'none' | 'buttons' | 'all';
export type ThemeChoice = 'auto' | 'light' | 'dark';

export const kPanels = ['story', 'heads', 'tokens', 'loss', 'scores', 'circuit', 'timeline'] as const;
export type PanelName = (typeof kPanels)[number];

/** Attributes about the figure. The others are the run's: preset, knobs, seed, speed, engine, prompt, head, step, at. */
export const kOwn = ['panels', 'controls', 'autoplay', 'theme', 'poster', 'recording'] as const;

/** What HTML gives to every element, and frameworks add: nothing of the run. */
const kForeign = /^(id|class|style|title|lang|dir|hidden|slot|part|tabindex|role|is|nonce|inert|translate|on.*)$/;
/** A knob's name, or a name of the address. */
const kName = /^[a-z][a-z0-9_]*$/;

export interface Wish {
  panels: PanelName[];
  controls: Controls;
  autoplay: Autoplay;
  theme: ThemeChoice;
  poster: string | null;
  recording: string | null;
  /** The run, as an address of the page without its '#'. */
  address: string;
  /** The engine is one that may ask for a graphics device. */
  graphics: boolean;
  /** One sentence per attribute that is not understood. */
  problems: string[];
}

/** May `name` stand in a frame's address? Never what a browser would run or draw by. */
export function isAttribute(name: string): boolean {
  return kName.test(name) && !kForeign.test(name);
}

export function readAttributes(all: Iterable<{ name: string; value: string }>): Wish {
  const given = new Map([...all].map(({ name, value }) => [name, value]));
  const problems: string[] = [];
  const choose = <T extends string>(name: string, allowed: readonly T[], absent: T): T => {
    const value = given.get(name);
    if (value === undefined || value === '') return absent;
    const found = allowed.find((each) => each === value);
    if (!found) problems.push(wrong(name, value, allowed));
    return found ?? absent;
  };
  return {
    panels: readPanels(given.get('panels'), problems),
    controls: choose('controls', ['none', 'buttons', 'all'], 'buttons'),
    autoplay: choose('autoplay', ['onscreen', 'click', 'never'], 'onscreen'),
    theme: choose('theme', ['auto', 'light', 'dark'], 'auto'),
    poster: given.get('poster') || null,
    recording: given.get('recording') || null,
    address: addressOf(given),
    graphics: (given.get('engine') ?? 'wasm') !== 'wasm',
    problems,
  };
}

function readPanels(text: string | undefined, problems: string[]): PanelName[] {
  if (text === undefined) return ['story', 'heads', 'loss'];
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  const unknown = names.find((name) => !kPanels.some((panel) => panel === name));
  if (unknown !== undefined) problems.push(wrong('panels', unknown, kPanels));
  return kPanels.filter((panel) => names.includes(panel));
}

/** In an article the run must be the one that its author saw: on WebAssembly, unless another engine is asked for. */
function addressOf(given: Map<string, string>): string {
  const parts = new URLSearchParams({ engine: 'wasm' });
  for (const [name, value] of given) {
    if (!isAttribute(name) || kOwn.some((own) => own === name)) continue;
    if (name === 'at') for (const change of value.split('|')) parts.append('at', change.trim());
    else parts.set(name, value);
  }
  return parts.toString();
}

function wrong(name: string, value: string, allowed: readonly string[]): string {
  const short = value.length > 40 ? `${value.slice(0, 40)}…` : value;
  return `${name} is '${short}'; it can be ${allowed.join(', ')}.`;
}
