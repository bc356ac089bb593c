// Who does the arithmetic of training. The WebAssembly trainer is always the checkpoint: what it holds is what the page shows, probes,
// saves and goes on from. An engine may be ahead of it by at most kMostAhead steps.
import type { EngineName } from '../protocol.ts';

/** Training steps that a failure may cost: the trainer is never further behind than this. */
export const kMostAhead = 50;

/** What an engine tells the session. */
export interface Events {
  /** The trainer holds a later step now; the training loss of its last step in nats. */
  kept(loss: number): void;
  /** The numbers ran away: a sentence. The trainer is back at its last good step. */
  stopped(sentence: string): void;
  /** There may be room for more steps. */
  free(): void;
}

export interface Engine {
  readonly name: EngineName;
  /** The step that the next one to be begun starts from; the trainer's, or ahead of it. */
  readonly next: number;
  /** More steps can be begun now. */
  readonly free: boolean;
  /** Begins 1 to `most` steps and says how many. `cut` steps from here the trainer must hold the state, for a probe or the end. */
  begin(most: number, cut: number): number;
  /** The trainer should hold a fresh state soon: somebody looks. */
  want(): void;
  /** The trainer was given another state, by somebody who waited for settle(). */
  moved(): void;
  /** Resolves when everything that was begun is in the trainer. Never rejects. */
  settle(): Promise<void>;
  /** Nothing is told afterwards. */
  dispose(): void;
}
