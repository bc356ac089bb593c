// <induction-playground>: what an article loads. The figure itself comes when the reader is near (figure.ts).
import { kOwn } from './attributes.ts';
import type { FigureState } from './figure.ts';
import { Life } from './life.ts';
import type { State } from './standing.ts';

export type { FigureState } from './figure.ts';
export type { State } from './standing.ts';

export type Ablation = 'zero' | 'mean' | 'resample' | 'pattern_preserving';

// In Node, where the package may be imported for its trainer, there are no elements.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/**
 * A living induction head. Attributes, events, parts and custom properties: docs/embedding.md.
 * Methods load the figure when it is not there yet; where it cannot be, they do nothing, and `error` has been fired.
 */
export class InductionPlayground extends Base {
  /** Resolves when the figure is there; rejects with the sentence of `error`. */
  readonly ready: Promise<void>;
  // Attributes that are properties too; other knobs are attributes only.
  declare panels: string | null;
  declare controls: string | null;
  declare autoplay: string | null;
  declare theme: string | null;
  declare poster: string | null;
  declare recording: string | null;
  declare preset: string | null;
  declare seed: string | null;
  declare steps: string | null;
  declare speed: string | null;
  declare engine: string | null;
  declare prompt: string | null;
  declare head: string | null;
  private life: Life | null = null;
  private settled!: { ready(): void; fail(error: Error): void };

  constructor() {
    super();
    this.ready = new Promise((ready, fail) => {
      this.settled = { ready, fail };
    });
    this.ready.catch(() => undefined);
  }

  connectedCallback(): void {
    this.life ??= new Life(this, this.settled);
    this.life.connect();
  }

  disconnectedCallback(): void {
    this.life?.disconnect();
  }

  get state(): State {
    return this.life?.state ?? 'poster';
  }

  /** The sentence of the last `error`. */
  get problem(): string | null {
    return this.life?.problem ?? this.life?.remark ?? null;
  }

  /** The step on show. */
  get at(): number {
    return this.life?.recorded?.step ?? this.life?.figure?.app.status.step ?? 0;
  }

  /** As soon as it is seen. */
  async play(): Promise<void> {
    await this.life?.play();
  }

  async pause(): Promise<void> {
    await this.life?.pause();
  }

  /** So many training steps, then pause. */
  async step(steps = 1): Promise<void> {
    await this.life?.act(({ app }) => app.advance(steps));
  }

  /** Step 0 of the same run; goes on playing when it was playing. */
  async reset(): Promise<void> {
    await this.life?.act(({ app }) => app.reset());
  }

  /** Shows a step of the run, exactly; one that is not reached yet is trained up to. */
  async seek(step: number): Promise<void> {
    this.life?.recorded?.show(step);
    await this.life?.act((figure) => figure.seek(step));
  }

  /** '1.2' is head 2 of layer 1. `how` null restores it. */
  async ablate(head: string, how: Ablation | null = 'zero'): Promise<void> {
    await this.life?.act((figure) => figure.ablate(head, how));
  }

  /** The run and the step on show, for `setState`; null before it is loaded. */
  getState(): FigureState | null {
    return this.life?.figure?.state ?? null;
  }

  /** The same run, trained up to the same step. */
  async setState(state: FigureState): Promise<void> {
    await this.life?.act((figure) => figure.restore(state));
  }

  /** The run as a safetensors file that the page and the command line open; null where the figure cannot be. */
  async exportRun(): Promise<Uint8Array | null> {
    let file: Uint8Array | null = null;
    await this.life?.act(async (figure) => {
      file = await figure.file();
    });
    return file;
  }

  /** Of parameters, optimiser state and step: the same on every machine. */
  async signature(): Promise<string | null> {
    let signature: string | null = null;
    await this.life?.act(async (figure) => {
      signature = await figure.signature();
    });
    return signature;
  }
}

const kReflected = [...kOwn, 'preset', 'seed', 'steps', 'speed', 'engine', 'prompt', 'head'];

for (const name of kReflected) {
  Object.defineProperty(InductionPlayground.prototype, name, {
    get(this: InductionPlayground) {
      return this.getAttribute(name);
    },
    set(this: InductionPlayground, value: unknown) {
      if (value === null || value === undefined) this.removeAttribute(name);
      else this.setAttribute(name, Array.isArray(value) ? value.join(' ') : String(value));
    },
    enumerable: true,
    configurable: true,
  });
}

declare global {
  interface HTMLElementTagNameMap {
    'induction-playground': InductionPlayground;
  }
}

// The first of two copies on a page wins.
if (globalThis.customElements && !customElements.get('induction-playground'))
  customElements.define('induction-playground', InductionPlayground);
