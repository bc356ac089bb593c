// Where a run came from when its address does not say it all.

export interface Origin {
  /** Of the file; '' for none. */
  name: string;
  /** run, model, weights: a file's kind. course: settings with phases. changed: knobs that were moved while it trained. */
  what: 'run' | 'model' | 'weights' | 'course' | 'changed';
  /** The address leads to this very run all the same. */
  in_address: boolean;
  /** Back to its first step; null: as the address has it. */
  again: (() => Promise<void>) | null;
}

export const kChanged: Origin = { name: '', what: 'changed', in_address: false, again: null };
