// What a figure can be taken away as. The control beside it (panels/save.ts) asks for this only when it is opened.

/** Columns of equal length, the first one the place: a step, a token. */
export interface Table {
  columns: { name: string; values: readonly (number | string | null)[] }[];
}

export interface Figure {
  /** Ends the file's name: demo-seed0-step200-loss.svg. */
  name: string;
  /** What the file's name begins with, where it is not the run on show. */
  of?: () => string;
  title: string;
  /** The picture as SVG text, drawn from the same numbers as on screen. */
  svg?: () => Promise<string>;
  table?: () => Promise<Table>;
}
