// Which engine trains. WebAssembly does from the first step on; a graphics device is opened and compared beside it and then takes over.
// When the device fails, WebAssembly goes on from what the trainer holds, and another device is tried.
import type { Core, Trainer } from '@core/loader.mjs';
import { type EngineChoice, type EngineReport, kNewReport } from '../protocol.ts';
import { checkCard } from './check.ts';
import type { Clock } from './clock.ts';
import { kLarge, operationsPerStep } from './cost.ts';
import type { Engine, Events } from './engine.ts';
import { GpuEngine } from './gpu.ts';
import type { Card, Graphics, Trains } from './graphics.ts';
import { heldIn } from './held.ts';
import { WasmEngine } from './wasm.ts';
import { words } from './words.ts';

/** How long to wait before each new device of a run, in ms: a browser may need a moment after its graphics process has ended. */
const kRetryAfter = [0, 500, 2000];

/** A device that works, but must not train here: trying another one is of no use. */
class Unfit extends Error {}

/** This attempt to bring a device has been overtaken. */
class Overtaken extends Error {}

export class Engines {
  report: EngineReport = kNewReport;
  /** Grows when the report changes. */
  version = 0;
  private trainer!: Trainer;
  /** Of the trainer, when it was last looked at. */
  private generation = 0;
  private engine!: Engine;
  private card: Card | null = null;
  /** Configurations that the open device has passed. */
  private passed = new Map<string, NonNullable<EngineReport['parity']>>();
  /** Attempts to bring a device are numbered; only the last one counts. */
  private attempt = 0;
  /** Devices that failed in this run, or since the reader chose again. */
  private failures = 0;
  /** The one that comes next replaces one that failed. */
  private replacing = false;
  /** The one that comes next goes on with another Program: nothing to tell. */
  private renewing = false;

  constructor(
    private readonly core: Core,
    private readonly clock: Clock,
    private readonly load: () => Promise<Graphics>,
    private readonly events: Events,
  ) {}

  /** Who trains now. */
  get current(): Engine {
    return this.engine;
  }

  /** The maps of a sequence that the trainer has just run; null where the page draws them. */
  async paint(tokens: readonly number[], palette: Uint32Array): Promise<ImageBitmap | null> {
    return (this.engine.name === 'webgpu' && (await this.card?.paint?.(this.trainer, tokens, palette))) || null;
  }

  /** A new run: WebAssembly at once, whatever is to come. An open device is kept. */
  open(trainer: Trainer, choice: EngineChoice): void {
    this.attempt++;
    this.engine?.dispose();
    this.trainer = trainer;
    this.generation = trainer.generation;
    this.engine = new WasmEngine(trainer, this.events);
    this.report = kNewReport;
    this.choose(choice);
  }

  /** In mid-run. The change itself comes later, at the next moment when nothing is in flight. */
  choose(choice: EngineChoice): void {
    this.attempt++;
    this.failures = 0;
    this.replacing = false;
    this.renewing = false;
    this.change({ choice, error: null, notice: null });
    if (this.wanted()) {
      if (this.engine.name === 'wasm') void this.bring();
    } else void this.leave();
  }

  /**
   * To be told whenever the trainer's Program may be another one: at a phase, at an intervention. A device is compared with it anew and
   * takes over again; WebAssembly trains meanwhile. Nothing may be in flight beyond the trainer's step.
   */
  follow(): void {
    const { generation } = this.trainer;
    if (generation === this.generation) return;
    this.generation = generation;
    const { gpu } = this.report;
    if (this.engine.name === 'wasm' && gpu !== 'opening' && gpu !== 'checking') return;
    this.renewing ||= this.engine.name === 'webgpu';
    this.byProcessor();
    void this.bring();
  }

  private wanted(): boolean {
    const { choice } = this.report;
    if (choice !== 'auto') return choice === 'webgpu';
    return operationsPerStep(this.trainer) >= kLarge && !this.card?.software;
  }

  private change(part: Partial<EngineReport>): void {
    this.report = { ...this.report, ...part };
    this.version++;
  }

  /** Back to WebAssembly, with every step that was begun. The device is let go. */
  private async leave(): Promise<void> {
    const mine = this.attempt;
    const { engine } = this;
    await engine.settle();
    if (mine !== this.attempt) return;
    this.drop();
    this.change({ gpu: 'untried', dispatches_per_step: null });
    if (engine.name === 'webgpu') this.change({ notice: words.back(this.trainer.step) });
  }

  /** WebAssembly trains from what the trainer holds; the device is closed. */
  private drop(failed = false): void {
    const { card } = this;
    this.card = null;
    this.passed.clear();
    this.byProcessor();
    card?.close(failed);
  }

  private byProcessor(): void {
    if (this.engine.name === 'webgpu') {
      this.engine.dispose();
      this.engine = new WasmEngine(this.trainer, this.events);
      this.change({ engine: 'wasm' });
    }
    this.events.free();
  }

  /** Opens and compares a device, and lets it train. */
  private async bring(): Promise<void> {
    const mine = ++this.attempt;
    /** Throws when something else was decided while `made` was on its way. */
    const still = <T>(made: T, undo: (made: T) => void = () => undefined): T => {
      if (mine === this.attempt) return made;
      undo(made);
      throw new Overtaken();
    };
    try {
      this.change({ gpu: 'opening' });
      const graphics = still(await this.load());
      const card = await this.openCard(graphics, still);
      const { trainer } = this;
      const executor = still(await card.make(trainer), (made) => made.dispose());
      try {
        await this.check(graphics, card);
        still(null);
      } catch (error) {
        executor.dispose();
        throw error;
      }
      this.takeOver(graphics, card, executor);
    } catch (error) {
      // A device that is lost on the way is told as lost first.
      await new Promise<void>((done) => this.clock.soon(done));
      if (mine === this.attempt) this.refuse(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private async openCard(graphics: Graphics, still: <T>(made: T, undo: (made: T) => void) => T): Promise<Card> {
    const card = this.card ?? still(await graphics.open(), (opened) => opened.close(false));
    if (!this.card) {
      this.card = card;
      card.lost.then((why) => this.broke(card, new Error(why)));
    }
    const { adapter, vendor, software } = card;
    this.change({ adapter, vendor, software });
    if (software && this.report.choice === 'auto') throw new Unfit(words.software(adapter));
    return card;
  }

  private async check(graphics: Graphics, card: Card): Promise<void> {
    this.change({ gpu: 'checking' });
    const course = { ...this.trainer.config, interventions: heldIn(this.trainer) };
    const key = JSON.stringify(course);
    const parity = this.passed.get(key) ?? (await checkCard(this.core, this.clock, graphics, card, course));
    const { kernel, worst, tolerance } = parity;
    this.change({ parity });
    if (!(worst <= tolerance)) throw new Unfit(words.differs(kernel, worst, tolerance));
    this.passed.set(key, parity);
  }

  private takeOver(graphics: Graphics, card: Card, executor: Trains): void {
    const { trainer } = this;
    const failed = (error: Error) => this.broke(card, error);
    this.engine = new GpuEngine(trainer, executor, graphics.most_steps, this.clock, this.events, failed);
    const { adapter, software } = card;
    const again = this.replacing;
    const told = this.renewing && !again;
    this.replacing = false;
    this.renewing = false;
    this.change({
      engine: 'webgpu',
      gpu: 'ready',
      dispatches_per_step: executor.dispatches_per_step,
      recoveries: this.report.recoveries + Number(again),
      ...(told ? {} : { notice: again ? words.replaced(trainer.step) : words.moved(trainer.step, adapter, software) }),
    });
    this.events.free();
  }

  /** The device cannot train this model: WebAssembly, which has never stopped, goes on. */
  private refuse(error: Error): void {
    const unfit = error instanceof Unfit;
    if (this.failures > 0 && !unfit) {
      this.tryAnother(error);
      return;
    }
    this.drop();
    const asked = this.report.choice === 'webgpu' || this.report.parity !== null;
    const notice = unfit ? error.message : words.refused(error.message);
    this.change({ gpu: 'refused', error: error.message, notice: asked ? notice : null });
  }

  /** The open device failed while it trained, or on its way there. */
  private broke(card: Card, error: Error): void {
    if (this.card === card) this.tryAnother(error, true);
  }

  private tryAnother(error: Error, failed = false): void {
    this.attempt++;
    this.replacing = true;
    this.drop(failed);
    const { step } = this.trainer;
    const wait = kRetryAfter[this.failures++];
    if (wait === undefined) {
      this.change({ gpu: 'refused', error: error.message, notice: words.given_up(step, this.failures) });
      return;
    }
    this.change({ gpu: 'opening', error: error.message, notice: words.lost(step) });
    const mine = this.attempt;
    this.clock.later(() => {
      if (mine === this.attempt) void this.bring();
    }, wait);
  }
}
