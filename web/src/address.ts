// An address as the core sees it: knobs that it refuses become sentences and are left out.
import type { Schema } from '@core/loader.mjs';
import type { Client } from './client.ts';
import { effectiveConfig } from './state.ts';
import { type Decoded, decodeHash } from './url.ts';

export async function readAddress(client: Client, schema: Schema, hash: string): Promise<Decoded> {
  const { settings, problems } = decodeHash(hash, schema);
  const check = () => client.call('check', { config: effectiveConfig(schema, settings) });
  for (const problem of (await check()).problems) {
    problems.push(problem.message);
    delete settings.knobs[problem.knob];
  }
  if ((await check()).problems.length > 0) settings.knobs = {};
  return { settings, problems };
}
