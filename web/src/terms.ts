// Marks the words that the glossary explains, once the glossary has come; before, a text is just a text.

type Mark = (text: string) => unknown;

let mark: Mark = (text) => text;

/** A text as a panel renders it. */
export function withTerms(text: string): unknown {
  return mark(text);
}

export function explainTerms(by: Mark): void {
  mark = by;
}
