// What a saved file is called: demo-seed5-step1240.safetensors says which run it is of.
import type { App } from '../app.ts';

/** `step`: of what is in the file. */
export function baseName(app: App, step: number): string {
  return `${app.settings.preset}-seed${app.config.seed}-step${step}`;
}

/** What people call the run on show. */
export function runName(app: App): string {
  const { knobs, changes } = app.settings;
  const changed = Object.keys(knobs).filter((name) => name !== 'seed').length + changes.length;
  return `${app.settings.preset}${changed > 0 ? ', changed' : ''}, seed ${app.config.seed}`;
}
