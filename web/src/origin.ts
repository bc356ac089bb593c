// Where a run came from when its address does not say it all.

export interface Origin {
  /** Of the file. */
  name: string;
  /** run, model, weights: a file's kind. course: settings with phases. */
  what: 'run' | 'model' | 'weights' | 'course';
  /** The address leads to this very run all the same. */
  in_address: boolean;
  /** Back to its first step; null: as the address has it. */
  again: (() => Promise<void>) | null;
}
