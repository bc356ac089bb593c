// Tokens as labels: letters while they last, numbers beyond.

const kLetters = 26;

export function usesLetters(d_vocab: number): boolean {
  return d_vocab <= kLetters;
}

/** The start token, numbered d_vocab, of models that have one. */
export const kStart = '^';

export function tokenLabel(token: number, d_vocab: number): string {
  if (token === d_vocab) return kStart;
  return usesLetters(d_vocab) ? String.fromCharCode(97 + token) : String(token);
}

export function formatTokens(tokens: ArrayLike<number>, d_vocab: number): string {
  return Array.from(tokens, (token) => tokenLabel(token, d_vocab)).join(usesLetters(d_vocab) ? '' : ' ');
}

export type ParsedTokens = { tokens: number[] } | { wrong: 'unknown'; label: string } | { wrong: 'length'; n: number };

/** Reads labels; says which one is unknown, or that there are too few or too many. `start`: the model has a start token. */
export function parseTokens(text: string, d_vocab: number, n_ctx: number, start = false): ParsedTokens {
  const letters = usesLetters(d_vocab);
  const labels = letters
    ? [...text.replace(/\s+/g, '')]
    : text
        .trim()
        .split(/[\s,]+/)
        .filter(Boolean);
  const tokens: number[] = [];
  for (const label of labels) {
    if (start && label === kStart) {
      tokens.push(d_vocab);
      continue;
    }
    const token = letters ? label.charCodeAt(0) - 97 : /^\d{1,6}$/.test(label) ? Number(label) : -1;
    if (label.length > 6 || (letters && label.length > 1) || token < 0 || token >= d_vocab) {
      return { wrong: 'unknown', label: label.slice(0, 12) };
    }
    tokens.push(token);
  }
  return tokens.length < 2 || tokens.length > n_ctx ? { wrong: 'length', n: tokens.length } : { tokens };
}
