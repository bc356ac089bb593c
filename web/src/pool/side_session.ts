// A run without a page: what a background worker does, without anything that only a worker has. Always on WebAssembly, so its numbers are
// those of the command line.
import type { Config, Core, ProbeRecord, PromptFrame, Trainer } from '@core/loader.mjs';
import { endOf } from '../present.ts';
import type { SideAnswer, SideBody, SideHandlers, SideProgress } from './calls.ts';
import { Checkpoints } from './checkpoints.ts';

export class SideSession implements SideHandlers {
  private trainer: Trainer | null = null;
  private course: SideBody<'open'>['course'] = {};
  /** Read once per change: the core answers through JSON. */
  private probe_every = 1;
  /** The step at which `probe_every` may be another one. */
  private until = Number.POSITIVE_INFINITY;
  private checkpoints: Checkpoints | null = null;

  constructor(
    private readonly core: Core,
    private readonly now: () => number,
  ) {}

  data = ({ data, name, config }: SideBody<'data'>) => this.core.readData(data, config, name);

  open({ course, keep }: SideBody<'open'>): SideAnswer<'open'> {
    const trainer = this.replace(course);
    this.course = course;
    const record = trainer.probe();
    this.checkpoints = keep ? new Checkpoints() : null;
    this.checkpoints?.add(0, trainer.save());
    const { config, d_head, n_parameters } = trainer;
    const tokens = Array.from(trainer.exampleTokens());
    const facts = {
      config,
      end: endOf(trainer.course),
      d_head,
      n_parameters,
      tokens,
      shown: trainer.shown(),
      task: trainer.task(),
    };
    return { ...facts, record, memory: this.core.memory_bytes };
  }

  train({ to, ms }: SideBody<'train'>): SideProgress {
    const trainer = this.opened();
    const began = this.now();
    const records: ProbeRecord[] = [];
    let loss: number | null = null;
    let stopped: string | null = null;
    while (stopped === null && trainer.step < to && this.now() - began < ms) {
      const report = trainer.train(1);
      stopped = report.stopped;
      loss = report.loss;
      if (stopped === null) records.push(...this.probeWhenDue(trainer));
    }
    return { step: trainer.step, loss, stopped, records, ms: this.now() - began };
  }

  back({ to }: SideBody<'back'>): SideAnswer<'back'> {
    const kept = this.checkpoints?.before(to) ?? null;
    // From the seed it is the same run; without checkpoints it only takes longer.
    const trainer = kept ? this.opened() : this.replace(this.course);
    if (kept) trainer.load(kept);
    this.readPlan(trainer);
    return { step: trainer.step, record: trainer.probe() };
  }

  view({ tokens }: SideBody<'view'>): PromptFrame {
    const trainer = this.opened();
    return trainer.forward(tokens ?? trainer.exampleTokens());
  }

  signature() {
    const trainer = this.opened();
    return { step: trainer.step, signature: trainer.signature() };
  }

  save() {
    return { bytes: this.opened().save() as Uint8Array<ArrayBuffer> };
  }

  load({ bytes }: SideBody<'load'>) {
    const trainer = this.opened();
    trainer.load(bytes);
    this.readPlan(trainer);
    return { step: trainer.step };
  }

  /** Made before the old one is let go: when this throws, the old run is still there. */
  private replace(course: SideBody<'open'>['course']): Trainer {
    const trainer = this.core.create(course);
    this.trainer?.dispose();
    this.trainer = trainer;
    this.readPlan(trainer);
    return trainer;
  }

  private readPlan(trainer: Trainer): void {
    const config: Config = trainer.config;
    this.probe_every = Number(config.probe_every);
    this.until = trainer.next_change ?? Number.POSITIVE_INFINITY;
  }

  /** At the steps at which the page probes too: onsets are found by probes. */
  private probeWhenDue(trainer: Trainer): ProbeRecord[] {
    if (trainer.step >= this.until) this.readPlan(trainer);
    if (trainer.step % this.probe_every !== 0) return [];
    const record = trainer.probe();
    this.checkpoints?.add(trainer.step, trainer.save());
    return [record];
  }

  private opened(): Trainer {
    if (!this.trainer) throw new Error('No run is open.');
    return this.trainer;
  }
}
