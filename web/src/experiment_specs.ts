// The specs in the tree. A file of its own: it comes after the page.
import type { Experiment } from './experiments.ts';

const files = import.meta.glob<Experiment>('../../experiments/*.json', { eager: true, import: 'default' });

export const experiments: Experiment[] = Object.values(files);
