// Types of the second module: the same core, and what only the section about one head asks. Checked by wasm/check_types.mjs.
import type { Attribution, Core, HeadCircuit, HeadPlace, NotDefined, PatchProgram, PatchReport, Trainer } from './loader.mjs';

/** Where the logits are compared: by default at the last position; and for which answers: by default the likeliest after each prompt. */
export interface PatchQuestion {
  position?: number;
  right?: number;
  wrong?: number;
}

export interface CircuitTrainer extends Trainer {
  /** A head's circuits over the vocabulary; `through`: the earlier head that qk_through reads keys through. Throws CoreError. */
  headCircuit(layer: number, head: number, through?: HeadPlace | null): HeadCircuit;
  /** What adds up to the logits of the true next token (none at the last position) and of the expected one. Throws CoreError. */
  attribution(tokens: ArrayLike<number>, position: number, composed?: { from: HeadPlace; to: HeadPlace } | null): Attribution;
  /**
   * Activation patching: which place of the corrupted prompt's run, given its value in the clean prompt's, brings the clean answer back?
   * Both prompts have 2 to n_ctx tokens, and equally many. Runs 4/3 · (n_layers · n_heads + n_layers + 1) · length rows.
   */
  patch(clean: ArrayLike<number>, corrupted: ArrayLike<number>, asked?: PatchQuestion): PatchReport | NotDefined;
  /** What the last patch() ran, its last rows' numbers in the arena. Throws CoreError before the first. */
  patchProgram(): PatchProgram;
}

/** Trainers are opened from a file of the page's: `open(trainer.save())`. */
export interface CircuitCore extends Core {
  open(bytes: Uint8Array): CircuitTrainer;
}

/** As loadCore. */
export function loadCircuits(options?: { wasmBinary?: BufferSource; wasmUrl?: string }): Promise<CircuitCore>;
