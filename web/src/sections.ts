// What lies one click below the curves, in the order on the page. A new one is a line here, a panel of its own and its words.
import type { Section } from './panels/section.ts';

export const sections: readonly Section[] = [
  { id: 'circuits', title: 'Inside the chosen head', tag: 'ip-circuits', load: () => import('./panels/circuits.ts') },
];
