// The WGSL kernels as one module, for each kind of device.
import batch from '../../../core/data/batch.wgsl?raw';
import bigram from '../../../core/data/bigram.wgsl?raw';
import given from '../../../core/data/given.wgsl?raw';
import repeat from '../../../core/data/repeat.wgsl?raw';
import attention from '../../../core/kernels/attention.wgsl?raw';
import attentionAlone from '../../../core/kernels/attention_alone.wgsl?raw';
import attentionTogether from '../../../core/kernels/attention_together.wgsl?raw';
import contract from '../../../core/kernels/contract.wgsl?raw';
import contractAlone from '../../../core/kernels/contract_alone.wgsl?raw';
import contractTogether from '../../../core/kernels/contract_together.wgsl?raw';
import dropout from '../../../core/kernels/dropout.wgsl?raw';
import embed from '../../../core/kernels/embed.wgsl?raw';
import embedAlone from '../../../core/kernels/embed_alone.wgsl?raw';
import embedTogether from '../../../core/kernels/embed_together.wgsl?raw';
import freeze from '../../../core/kernels/freeze.wgsl?raw';
import intervene from '../../../core/kernels/intervene.wgsl?raw';
import lanes from '../../../core/kernels/lanes.wgsl?raw';
import lanesMemory from '../../../core/kernels/lanes_memory.wgsl?raw';
import lanesSubgroups from '../../../core/kernels/lanes_subgroups.wgsl?raw';
import loss from '../../../core/kernels/loss.wgsl?raw';
import mlp from '../../../core/kernels/mlp.wgsl?raw';
import muon from '../../../core/kernels/muon.wgsl?raw';
import norm from '../../../core/kernels/norm.wgsl?raw';
import optimiser from '../../../core/kernels/optimiser.wgsl?raw';
import positions from '../../../core/kernels/positions.wgsl?raw';
import prelude from '../../../core/kernels/prelude.wgsl?raw';
import quadPlain from '../../../core/kernels/quad_plain.wgsl?raw';
import quadSubgroups from '../../../core/kernels/quad_subgroups.wgsl?raw';
import softmax from '../../../core/kernels/softmax.wgsl?raw';
import stepAlone from '../../../core/kernels/step_alone.wgsl?raw';
import stepTogether from '../../../core/kernels/step_together.wgsl?raw';
import tileAlone from '../../../core/kernels/tile_alone.wgsl?raw';
import tileTogether from '../../../core/kernels/tile_together.wgsl?raw';
import rng from '../../../core/rng.wgsl?raw';

const ideas = [
  contract,
  embed,
  norm,
  mlp,
  dropout,
  positions,
  softmax,
  attention,
  intervene,
  loss,
  optimiser,
  muon,
  freeze,
];
const tasks = [repeat, bigram, given];
/** What workgroups make together, through workgroup memory; and what each invocation makes alone (Gpu.alone). */
const together = [stepTogether, tileTogether, contractTogether, attentionTogether, embedTogether];
const alone = [stepAlone, tileAlone, contractAlone, attentionAlone, embedAlone];

/** The module for a device that has subgroups or not, whose invocations work alone or not. */
export function sourceOf(has: { subgroups: boolean; alone: boolean }): string {
  const first = has.subgroups ? ['enable subgroups;'] : [];
  // Neighbours of one tile go the same ways, since a Step's words decide them, but WGSL cannot see that.
  if (has.subgroups && has.alone) first.push('diagnostic(off, subgroup_uniformity);');
  const sums = has.subgroups ? lanesSubgroups : lanesMemory;
  const own = has.alone ? [...alone, has.subgroups ? quadSubgroups : quadPlain] : together;
  return [...first, prelude, lanes, sums, ...own, ...ideas, rng, batch, ...tasks].join('\n');
}

/** What every device compiles. */
export const kSource = sourceOf({ subgroups: false, alone: false });
