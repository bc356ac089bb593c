// The session's answers about circuits, of whatever model the trainer holds now. What only the section about one head asks is in a module
// of its own, which is loaded when it is first asked; there a copy of the model is brought to the trainer's state before each answer.
import type { CircuitCore, CircuitTrainer } from '@core/circuits_loader.mjs';
import type { Trainer } from '@core/loader.mjs';
import type { Clock } from './engine/clock.ts';
import type { Answer, Body } from './protocol.ts';

/** What a call took, so that the page can ask so rarely that training hardly notices. */
function timed<T>(clock: Clock, call: () => T): T & { ms: number } {
  const began = clock.now();
  const found = call();
  return { ...found, ms: clock.now() - began };
}

export const composition = (trainer: Trainer, clock: Clock): Answer<'composition'> =>
  timed(clock, () => trainer.composition());

export class Circuits {
  /** Data of the reader's own that runs are trained on: the other module needs it too. */
  data: Body<'data'> | null = null;
  private core: Promise<CircuitCore> | null = null;
  private copy: CircuitTrainer | null = null;
  /** What the copy is of. */
  private of: { trainer: Trainer; generation: number; data: Body<'data'> | null } | null = null;

  constructor(
    private readonly load: () => Promise<CircuitCore>,
    private readonly trainer: () => Trainer,
    private readonly clock: Clock,
  ) {}

  async head(body: Body<'head_circuit'>): Promise<Answer<'head_circuit'>> {
    const core = await this.ready();
    return timed(this.clock, () => ({
      ...body,
      ...this.model(core).headCircuit(body.layer, body.head, body.through),
    }));
  }

  async attribution({ tokens, position, composed }: Body<'attribution'>): Promise<Answer<'attribution'>> {
    const core = await this.ready();
    return timed(this.clock, () => this.model(core).attribution(tokens, position, composed));
  }

  async patching(pair: Body<'patching'>): Promise<Answer<'patching'>> {
    const core = await this.ready();
    return timed(this.clock, () => {
      const model = this.model(core);
      return { ...model.patch(pair.clean, pair.corrupted, pair), pair, step: model.step };
    });
  }

  /** A failure is not kept: the connection may be back when somebody asks again. */
  private ready(): Promise<CircuitCore> {
    this.core ??= this.load().catch((error) => {
      this.core = null;
      throw error;
    });
    return this.core;
  }

  private model(core: CircuitCore): CircuitTrainer {
    const trainer = this.trainer();
    const { of, data } = this;
    const bytes = trainer.save();
    if (this.copy && of?.trainer === trainer && of.generation === trainer.generation && of.data === data) {
      this.copy.load(bytes);
      return this.copy;
    }
    if (data && of?.data !== data) core.readData(data.data, data.config, data.name);
    this.copy?.dispose();
    this.copy = null;
    this.copy = core.open(bytes);
    this.of = { trainer, generation: trainer.generation, data };
    return this.copy;
  }
}
