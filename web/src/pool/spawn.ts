// The only place that starts background workers.
import { Pool } from './pool.ts';
import type { SidePort } from './side.ts';

/** More would only wait for one another's memory. */
const kMost = 4;

export function spawnSide(): SidePort {
  return new Worker(new URL('../side_worker.ts', import.meta.url), { type: 'module', name: 'side' });
}

/** One core is left to the page and its own run. */
export function poolSize(cores: number | undefined): number {
  return Math.max(1, Math.min((cores ?? 2) - 1, kMost));
}

/** Shared by everything on the page that runs in the background. */
export const pool = new Pool(spawnSide, poolSize(navigator.hardwareConcurrency));
