// Finds the glossary's terms in a text and makes each something to point at, the first time it comes. No button elements: those break
// lines like pictures, not like words.
import { html } from 'lit';
import { glossary } from './words.ts';

const ids = new Map<string, string>();
for (const [id, { name, also = [], listed_only }] of Object.entries(glossary))
  if (!listed_only) for (const spelling of [name, ...also]) ids.set(spelling.toLowerCase(), id);

const longestFirst = [...ids.keys()].sort((a, b) => b.length - a.length);
const pattern = new RegExp(
  `(?<![\\w-])(${longestFirst.map((word) => word.replace(/[.*+?^$()|[\]\\]/g, '\\$&')).join('|')})(?![\\w-])`,
  'gi',
);

export interface Piece {
  text: string;
  /** Of a term; null for plain text. */
  term: string | null;
}

/** A term that stands in a name with underscores, such as weight_decay, is that name. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  const seen = new Set<string>();
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const term = ids.get(match[0].toLowerCase()) as string;
    if (seen.has(term)) continue;
    seen.add(term);
    if (match.index > end) found.push({ text: text.slice(end, match.index), term: null });
    found.push({ text: match[0], term });
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ text: text.slice(end), term: null });
  return found;
}

export function markTerms(text: string): unknown {
  return pieces(text).map(({ text: part, term }) =>
    term === null ? part : html`<span role="button" tabindex="0" class="term" data-term=${term}>${part}</span>`,
  );
}
