// Tokens as people read and write them: a task's own labels, else letters while they last, else numbers.

const kLetters = 26;
/** Longest label that is quoted in full. */
const kQuoted = 24;

/** Blanks in labels as signs that can be seen. */
const kVisible: Record<string, string> = { ' ': '␣', '\n': '⏎', '\t': '⇥' };

export type ParsedTokens = { tokens: number[] } | { wrong: 'unknown'; label: string } | { wrong: 'length'; n: number };

export class Vocabulary {
  readonly labels: readonly string[];
  /** Written one after the other, without spaces between them. */
  readonly joined: boolean;
  /** Labels that the task gave its tokens, rather than letters or numbers. */
  readonly named: boolean;
  private readonly numbers: ReadonlyMap<string, number>;
  private readonly longest: number;

  constructor(size: number, given: readonly string[] | null = null) {
    const letters = (i: number) => String.fromCharCode(97 + i);
    const name = size <= kLetters ? letters : String;
    this.named = given !== null;
    this.labels = given ?? Array.from({ length: size }, (_, i) => name(i));
    // Special tokens such as <s> leave a vocabulary of characters what it is.
    const short = this.labels.every((label) => [...label].length === 1 || /^[<[].*[>\]]$/.test(label));
    this.joined = given ? short : size <= kLetters;
    this.numbers = new Map(this.labels.map((label, i): [string, number] => [label, i]).reverse());
    this.longest = Math.max(1, ...this.labels.map((label) => label.length));
  }

  label(token: number): string {
    const label = this.labels[token] ?? String(token);
    return label.trim() === label && label !== '' ? label : [...label].map((sign) => kVisible[sign] ?? sign).join('');
  }

  /** As `parse` reads it. */
  format(tokens: ArrayLike<number>): string {
    return Array.from(tokens, (token) => this.labels[token] ?? String(token)).join(this.joined ? '' : ' ');
  }

  /** Reads labels; says which one is unknown, or that there are too few or too many. */
  parse(text: string, n_ctx: number): ParsedTokens {
    const labels = this.joined ? this.cut(text) : text.trim().split(this.named ? /\s+/ : /[\s,]+/);
    const tokens: number[] = [];
    for (const label of labels) {
      if (label === '') continue;
      const token = this.numbers.get(label);
      if (token === undefined) return { wrong: 'unknown', label: label.slice(0, kQuoted) };
      tokens.push(token);
    }
    return tokens.length < 2 || tokens.length > n_ctx ? { wrong: 'length', n: tokens.length } : { tokens };
  }

  /** The longest label that fits, again and again; blanks count only where they are tokens. */
  private cut(text: string): string[] {
    const cut: string[] = [];
    for (let at = 0; at < text.length; ) {
      let length = Math.min(this.longest, text.length - at);
      while (length > 1 && !this.numbers.has(text.slice(at, at + length))) length--;
      const sign = String.fromCodePoint(text.codePointAt(at) ?? 0);
      const label = this.numbers.has(text.slice(at, at + length)) ? text.slice(at, at + length) : sign;
      if (this.numbers.has(label) || label.trim() !== '') cut.push(label);
      at += label.length;
    }
    return cut;
  }
}
