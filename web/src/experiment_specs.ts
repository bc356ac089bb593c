// The specs in the tree, and what was measured of them. A file of its own: it comes after the page.
import type { Experiment, Finding } from './experiments.ts';

const files = import.meta.glob<Experiment>('../../experiments/*.json', { eager: true, import: 'default' });
// By member, so that the numbers of every single run stay behind.
const verdicts = import.meta.glob<string>('../../experiments/results/*.json', { eager: true, import: 'verdict' });
const evidence = import.meta.glob<string>('../../experiments/results/*.json', { eager: true, import: 'evidence' });

export const experiments: Experiment[] = Object.values(files);

/** By the experiment's name. */
export const findings: ReadonlyMap<string, Finding> = new Map(
  Object.entries(verdicts).map(([path, verdict]): [string, Finding] => [
    path.replace(/^.*\/|\.json$/g, ''),
    { verdict, evidence: evidence[path] },
  ]),
);
