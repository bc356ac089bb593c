// The specs in the tree, and what was measured of them. A file of its own: it comes after the page.
import type { Experiment, Finding } from './experiments.ts';

const files = import.meta.glob<Experiment>('../../experiments/*.json', { eager: true, import: 'default' });
// By member, so that the numbers of every single run stay behind.
const verdicts = import.meta.glob<string>('../../experiments/results/*.json', { eager: true, import: 'verdict' });
const evidence = import.meta.glob<string>('../../experiments/results/*.json', { eager: true, import: 'evidence' });

/** From what a reader has just seen to what takes it apart; others come after. */
const kThemes = [
  'Architecture',
  'Positions',
  'Data',
  'Shortcuts',
  'Optimiser',
  'Objective',
  'In-context tasks',
  'Fine-tuning',
  'Circuit surgery',
];
const place = ({ theme }: Experiment): number =>
  (kThemes.indexOf(theme ?? '') + kThemes.length + 1) % (kThemes.length + 1);

export const experiments: Experiment[] = Object.values(files).sort((a, b) => place(a) - place(b));

/** By the experiment's name. */
export const findings: ReadonlyMap<string, Finding> = new Map(
  Object.entries(verdicts).map(([path, verdict]): [string, Finding] => [
    path.replace(/^.*\/|\.json$/g, ''),
    { verdict, evidence: evidence[path] },
  ]),
);
