// The only place that starts background workers.
import sideUrl from '../side_worker.ts?worker&url';
import { startWorker } from '../start_worker.ts';
import { Pool } from './pool.ts';
import type { SidePort } from './side.ts';

/** More would only wait for one another's memory. */
const kMost = 4;

export function spawnSide(): SidePort {
  return startWorker(sideUrl, 'side');
}

/** One core is left to the page and its own run. */
export function poolSize(cores: number | undefined): number {
  return Math.max(1, Math.min((cores ?? 2) - 1, kMost));
}

/** Shared by everything on the page that runs in the background. */
export const pool = new Pool(spawnSide, poolSize(navigator.hardwareConcurrency));
