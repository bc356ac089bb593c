// Which knobs of a group are on show: those that do something, the first ones at once; the rest on demand, or when they are looked for.
import type { Knob } from '@core/loader.mjs';

/** Knobs of a group that are shown at once: config.def has the important ones first. */
export const kFirst = 8;
/** So few more are shown too, rather than asked for. */
const kFew = 2;

export interface Circumstances {
  /** Names of the knobs that do something. */
  shown: ReadonlySet<string>;
  /** Those that stay in any case: changed, refused, in use. */
  kept: ReadonlySet<string>;
  /** What the reader looks for; '' when nothing. */
  search: string;
  /** The reader asked for all that do something; for those that do nothing. */
  more: boolean;
  idle: boolean;
}

export interface KnobsOnShow {
  list: Knob[];
  /** How many more there are. */
  more: number;
  idle: number;
}

/** All words, in the name or in the help. */
export function matches(knob: Knob, search: string): boolean {
  const text =
    `${knob.name} ${knob.name.replaceAll('_', ' ')} ${knob.doc} ${knob.options?.join(' ') ?? ''}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** In the order of config.def, whatever is on show. */
export function knobsOnShow(group: Knob[], { shown, kept, search, more, idle }: Circumstances): KnobsOnShow {
  if (search !== '') return { list: group.filter((knob) => matches(knob, search)), more: 0, idle: 0 };
  const working = group.filter(({ name }) => shown.has(name));
  const n = working.length <= kFirst + kFew ? working.length : kFirst;
  const first = new Set(more ? working : working.slice(0, n));
  const list = group.filter((knob) => {
    if (kept.has(knob.name) || first.has(knob)) return true;
    return idle && !shown.has(knob.name);
  });
  const extra = (some: Knob[]) => some.filter(({ name }) => !kept.has(name)).length;
  return {
    list,
    more: extra(working.slice(n)),
    idle: extra(group.filter(({ name }) => !shown.has(name))),
  };
}
