// The second run as a part of the first one's address: b=preset%3Dfast%26seed%3D3. Hostile until parsed.
import type { Schema } from '@core/loader.mjs';
import { readAddress } from '../address.ts';
import type { Client } from '../client.ts';
import { defaultSettings, type Settings } from '../state.ts';
import { pairStrings as words } from '../strings_pair.ts';
import { decodeHash, encodeHash } from '../url.ts';

/** The run alone: what is looked at in it, and how fast, is the page's. */
export function encodeSecond(schema: Schema, settings: Settings): string {
  const { preset, knobs, changes } = settings;
  return encodeHash({ ...defaultSettings(schema), preset, knobs, changes }).slice(1);
}

/** null: nothing in it can be used. problems: a sentence each for what was left out. */
export interface SecondRead {
  settings: Settings | null;
  problems: string[];
}

export async function readSecond(client: Client, schema: Schema, text: string): Promise<SecondRead> {
  const { settings, problems } = await readAddress(client, schema, text);
  const named = new URLSearchParams(text.replace(/^#/, '')).has('preset');
  const understood = Object.keys(settings.knobs).length > 0 || (named && problems.length === 0);
  return { settings: understood ? { ...settings, b: null } : null, problems: problems.map(words.in_b) };
}

/** The part of a pasted link that describes a run; null when it is no link to one. */
export function fromLink(schema: Schema, link: string): string | null {
  const text = link.trim();
  const hash = text.includes('#') ? text.slice(text.indexOf('#') + 1) : text;
  if (!hash.includes('=')) return null;
  const { settings, problems } = decodeHash(hash, schema);
  // What is not understood is told, unless all of it is not.
  if (problems.length > 0 && Object.keys(settings.knobs).length === 0) return null;
  return hash;
}
