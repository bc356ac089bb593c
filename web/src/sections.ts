// What lies one click below the curves, in the order on the page. A new one is a line here, a panel of its own and its words.
import type { Section } from './panels/section.ts';
import { strings } from './strings.ts';
import { hints } from './strings_sections.ts';

export const sections: readonly Section[] = [
  {
    id: 'circuits',
    title: 'Inside the chosen head',
    hint: hints.circuits,
    tag: 'ip-circuits',
    load: () => import('./panels/circuits.ts'),
  },
  {
    id: 'patching',
    title: 'Patch between two prompts',
    hint: hints.patching,
    tag: 'ip-patching',
    load: () => import('./panels/patching.ts'),
  },
  {
    id: 'many',
    title: strings.many_title,
    hint: hints.many,
    tag: 'ip-many',
    load: () => import('./panels/many.ts'),
  },
  {
    id: 'pair',
    title: strings.pair_title,
    hint: hints.pair,
    tag: 'ip-pair',
    load: () => import('./panels/pair.ts'),
    opens: ({ b }) => b !== null,
  },
];
