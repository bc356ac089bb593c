// An address as the core sees it: knobs that it refuses become sentences and are left out.
import type { Schema } from '@core/loader.mjs';
import { effectiveCourse } from './changes.ts';
import type { Client } from './client.ts';
import { effectiveConfig, type Settings } from './state.ts';
import { strings } from './strings.ts';
import { type Decoded, decodeHash } from './url.ts';

export async function readAddress(client: Client, schema: Schema, hash: string): Promise<Decoded> {
  const { settings, problems } = decodeHash(hash, schema);
  const check = () => client.call('check', { config: effectiveConfig(schema, settings) });
  for (const problem of (await check()).problems) {
    problems.push(problem.message);
    delete settings.knobs[problem.knob];
  }
  if ((await check()).problems.length > 0) settings.knobs = {};
  return keepGoodChanges(client, schema, settings, problems);
}

/** Changes that the core refuses in their place become sentences too. */
async function keepGoodChanges(
  client: Client,
  schema: Schema,
  settings: Settings,
  problems: string[],
): Promise<Decoded> {
  const wrong = async (changes: Settings['changes']) => {
    const config = effectiveCourse(schema, { ...settings, changes });
    return (await client.call('check', { config })).problems;
  };
  if (settings.changes.length === 0 || (await wrong(settings.changes)).length === 0) return { settings, problems };
  let changes: Settings['changes'] = [];
  for (const change of settings.changes) {
    const [problem] = await wrong([...changes, change]);
    if (problem) problems.push(strings.url_change_part(change.at, problem.message.replace(/^phase \d+: /, '')));
    else changes = [...changes, change];
  }
  return { settings: { ...settings, changes }, problems };
}
