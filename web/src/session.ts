// What the page may ask of the one run: what the worker does, without anything that only a worker has. Tested with a stub.

import type { CircuitCore } from '@core/circuits_loader.mjs';
import type { Core, Trainer } from '@core/loader.mjs';
import { Circuits, composition } from './circuits.ts';
import type { Clock } from './engine/clock.ts';
import type { Graphics } from './engine/graphics.ts';
import { forgetLater, intervene } from './intervene.ts';
import { timeSteps } from './measure.ts';
import { packView } from './pack.ts';
import type { Answer, Body, EngineChoice, EngineReport, Handlers } from './protocol.ts';
import { Running } from './running.ts';

export class Session extends Running implements Handlers {
  private tokens: number[] = [];
  private readonly circuits: Circuits;

  constructor(
    core: Core,
    clock: Clock,
    /** Asked for only when a graphics device is wanted, and when somebody looks into a head. */
    graphics: () => Promise<Graphics>,
    circuits: () => Promise<CircuitCore> = () => Promise.reject(new Error('No module about circuits is at hand.')),
  ) {
    super(core, clock, graphics);
    this.circuits = new Circuits(circuits, () => this.opened(), clock);
  }

  schema = () => this.core.schema;
  check = ({ config }: Body<'check'>) => ({ problems: this.core.problems(config) });
  composition = () => composition(this.opened(), this.clock);
  head_circuit = (body: Body<'head_circuit'>) => this.circuits.head(body);
  attribution = (body: Body<'attribution'>) => this.circuits.attribution(body);
  patching = (body: Body<'patching'>) => this.circuits.patching(body);
  data(body: Body<'data'>): Answer<'data'> {
    const facts = this.core.readData(body.data, body.config, body.name);
    this.circuits.data = body;
    return facts;
  }

  look = ({ bytes }: Body<'look'>) => this.core.look(bytes);
  save = ({ model }: Body<'save'>) => ({ bytes: this.opened().save({ model }), step: this.opened().step });
  // The new trainer is made before the old one is let go: when that throws, the old run goes on.
  open = ({ config, engine }: Body<'open'>) => this.adopt(this.core.create(config), engine);
  open_file = ({ bytes, knobs, engine }: Body<'open_file'>) => this.adopt(this.core.open(bytes, knobs), engine);

  private adopt(trainer: Trainer, engine: EngineChoice): Answer<'open'> {
    this.replace(trainer, engine);
    const { tokens } = this.prompt({ tokens: null });
    const { d_head, n_parameters } = trainer;
    return { ...this.present.of(trainer), d_head, n_parameters, tokens };
  }

  async set({ knobs }: Body<'set'>): Promise<Answer<'set'>> {
    const trainer = await this.settled();
    this.past.change(knobs, () => trainer.set(knobs));
    return this.changed(trainer);
  }

  async intervene({ interventions }: Body<'intervene'>): Promise<Answer<'intervene'>> {
    const trainer = await this.settled();
    const { back } = this.past;
    const measured = this.past.change({}, () => intervene(trainer, interventions));
    // The first record of a fork, which the page does not know yet.
    if (back) this.past.records.add(measured.after);
    return { ...measured, forked: back, ...this.changed(trainer) };
  }

  async forget_later(): Promise<Answer<'forget_later'>> {
    const trainer = await this.settled();
    this.past.change({}, () => forgetLater(trainer));
    return this.changed(trainer);
  }

  fork = ({ knobs, course }: Body<'fork'>) =>
    this.turnTo(() => this.past.fork(knobs, () => this.opened().follow(course)));
  select = ({ branch, step }: Body<'select'>) => this.turnTo(() => this.past.select(branch, step));
  undo_fork = () => this.turnTo(() => this.past.undo());
  safe = () => (this.trainer ? this.past.safe() : null);
  restore = (body: Body<'restore'>) => this.turnTo(() => this.past.restore(body));

  prompt({ tokens }: Body<'prompt'>) {
    const trainer = this.opened();
    // Checked by running it: a refused sequence leaves the old one on show.
    if (tokens) trainer.forward(tokens);
    this.tokens = tokens ?? Array.from(trainer.exampleTokens());
    this.version++;
    return { tokens: this.tokens };
  }

  frame({ shown, buffer }: Body<'frame'>): Answer<'frame'> {
    const trainer = this.opened();
    const fresh = shown !== this.version;
    if (this.playing && !this.past.back) this.engines.current.want();
    return {
      ...this.status(),
      loss: this.last_loss,
      steps_per_second: this.playing ? this.meter.rate(this.clock.now(), trainer.step) : 0,
      signature: this.rests ? trainer.signature() : null,
      records: this.past.records.take(),
      version: this.version,
      in_force: this.present.take(trainer),
      engine: this.engines.current.name,
      engine_version: this.engines.version,
      past: this.past.facts(),
      view: fresh ? { ...packView(trainer.forward(this.tokens), buffer).view, maps: null } : null,
    };
  }

  /** The maps of the view that frame() has just made; null where the page draws them. */
  async paint(palette: Uint32Array): Promise<ImageBitmap | null> {
    return this.engines.paint(this.tokens, palette);
  }

  engine(): EngineReport {
    return this.engines.report;
  }

  choose_engine({ choice }: Body<'choose_engine'>): EngineReport {
    this.opened();
    this.engines.choose(choice);
    return this.engines.report;
  }

  /** Nothing of the run is kept. */
  async close(): Promise<void> {
    if (!this.trainer) return;
    await this.halt();
    this.engines.choose('wasm');
    this.trainer?.dispose();
    this.trainer = null;
  }

  signature() {
    const trainer = this.opened();
    return { step: trainer.step, signature: trainer.signature() };
  }

  async measure({ steps }: Body<'measure'>) {
    await this.halt();
    const ms = timeSteps(this.opened(), steps, this.clock);
    this.present.follow(this.opened());
    this.engines.follow();
    this.version++;
    return { ms };
  }
}
