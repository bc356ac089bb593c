// Activation patching on both engines: the processor's report against one made of the device's logits.
import type { CircuitCore, CircuitTrainer } from '@core/circuits_loader.mjs';
import type { Config, PatchProgram, PatchReport } from '@core/loader.mjs';
import type { Gpu } from './gpu/device.ts';
import { Executor } from './gpu/executor.ts';

export interface PatchComparison {
  /** Places and positions that were patched. */
  patches: number;
  /** Largest difference of a ratio. */
  apart: number;
  /** Largest ratio: that there was something to see. */
  most: number;
}

/** As many patches from `first` on as the Program has rows for, and the logits of each. */
async function runPatches(
  executor: Executor,
  program: PatchProgram,
  first: number,
  n: number,
): Promise<Float32Array[]> {
  const { batch, length, chunk_sequences, patched, logits } = program;
  const rows = Array.from({ length: batch }, (_, row) => row).filter((row) => row % chunk_sequences > 0);
  const used = rows.slice(0, n - first);
  const places = new Float32Array(patched[1]).fill(-1);
  used.forEach((row, i) => {
    places.set([Math.floor((first + i) / length), (first + i) % length], 2 * row);
  });
  executor.write(patched[0], places);
  executor.forward();
  const all = await executor.read(...logits);
  const each = all.length / batch;
  return used.map((row) => all.slice(row * each, (row + 1) * each));
}

async function ratiosOf(executor: Executor, program: PatchProgram, report: PatchReport, n: number): Promise<number[]> {
  const wide = program.logits[1] / program.batch / program.length;
  const { position, right, wrong, clean, corrupted } = report;
  const ratios: number[] = [];
  while (ratios.length < n)
    for (const logits of await runPatches(executor, program, ratios.length, n)) {
      const difference = logits[position * wide + right] - logits[position * wide + wrong];
      ratios.push((difference - corrupted) / (clean - corrupted));
    }
  return ratios;
}

/** Throws GpuError when the device cannot run it. */
async function comparePair(
  model: CircuitTrainer,
  gpu: Gpu,
  clean: number[],
  corrupted: number[],
): Promise<PatchComparison> {
  const report = model.patch(clean, corrupted, { right: clean[kChanged], wrong: corrupted[kChanged] });
  if ('not_defined' in report) throw new Error(report.not_defined);
  const program = model.patchProgram();
  const executor = await Executor.create(gpu, program);
  // What the processor computed must not be what is found.
  const [logits, n] = program.logits;
  executor.write(0, program.arena.fill(0, logits, logits + n));
  const wanted = [...report.head.flat(), ...report.resid].flat();
  const found = await ratiosOf(executor, program, report, wanted.length);
  executor.dispose();
  const most = Math.max(...wanted.map(Math.abs));
  return { patches: wanted.length, apart: Math.max(...wanted.map((x, i) => Math.abs(x - found[i]))), most };
}

/** Position of the token that the two prompts differ in. */
const kChanged = 3;
/** Training steps before it, so that patches do something. */
const kWarmUp = 60;

/** Patches between the held-out example and the same with one token changed, at every place, on both engines. */
export async function comparePatches(core: CircuitCore, gpu: Gpu, config: Partial<Config>): Promise<PatchComparison> {
  const trainer = core.create(config);
  trainer.train(kWarmUp);
  const model = core.open(trainer.save());
  const clean = Array.from(model.exampleTokens());
  const corrupted = clean.map((token, t) => (t === kChanged ? (token + 1) % Number(model.config.d_vocab) : token));
  try {
    return await comparePair(model, gpu, clean, corrupted);
  } finally {
    model.dispose();
    trainer.dispose();
  }
}
