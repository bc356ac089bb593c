// The maps of the sequence on show, painted by the device that trains. Like everything on the page they show what the trainer holds: its
// parameters go to the device, the patterns stay there.
import type { Region, Trainer } from '@core/loader.mjs';
import type { Gpu } from '../gpu/device.ts';
import { Executor } from '../gpu/executor.ts';
import { MapPainter } from '../gpu/maps.ts';

interface Prompt {
  trainer: Trainer;
  /** Of the trainer: with another one the prompt's Program is another too. */
  generation: number;
  tokens: readonly number[];
  executor: Executor;
  painter: MapPainter;
  patterns: number[];
  /** Where the parameters lie in the trainer's arena, and where in the prompt's. */
  from: Region;
  to: Region;
}

export class PromptMaps {
  private prompt: Prompt | null = null;
  /** What is being made; the page draws meanwhile. */
  private making: Promise<void> | null = null;
  private refused: boolean;

  constructor(private readonly gpu: Gpu) {
    this.refused = gpu.software;
  }

  /** `trainer` has just run forward(tokens). null where the page has to draw: not possible here, not ready yet, or the device is gone. */
  async paint(trainer: Trainer, tokens: readonly number[], palette: Uint32Array): Promise<ImageBitmap | null> {
    const prompt = this.refused || this.making ? null : this.follow(trainer, tokens);
    if (!prompt) return null;
    const { executor, painter, patterns, from, to } = prompt;
    executor.write(to[0], trainer.arena(from));
    executor.forward();
    const maps = painter.paint(executor.arena, patterns, palette);
    await this.gpu.device.queue.onSubmittedWorkDone();
    try {
      // A device that is lost paints nothing: that must not be shown.
      this.gpu.check();
      return maps;
    } catch {
      maps.close();
      return null;
    }
  }

  dispose(): void {
    this.refused = true;
    this.prompt?.executor.dispose();
    this.prompt?.painter.dispose();
    this.prompt = null;
  }

  /** Makes or changes what the tokens need; null while it is being made. */
  private follow(trainer: Trainer, tokens: readonly number[]): Prompt | null {
    const { prompt } = this;
    const same = prompt?.trainer === trainer && prompt.generation === trainer.generation;
    if (same && prompt.tokens === tokens) return prompt;
    if (same && prompt.tokens.length === tokens.length) {
      prompt.executor.write(0, trainer.promptProgram().arena);
      prompt.tokens = tokens;
      return prompt;
    }
    this.prompt = null;
    this.making = this.make(trainer, tokens, prompt).finally(() => {
      this.making = null;
    });
    return null;
  }

  private async make(trainer: Trainer, tokens: readonly number[], old: Prompt | null): Promise<void> {
    old?.executor.dispose();
    old?.painter.dispose();
    // Everything that is asked of the trainer is asked at once: it may be gone later.
    const program = trainer.promptProgram();
    const { n_layers, n_heads } = trainer.config;
    const shape = { n_layers: Number(n_layers), n_heads: Number(n_heads), T: tokens.length };
    const { generation } = trainer;
    const from = trainer.program().regions.parameters;
    try {
      const painter = await MapPainter.create(this.gpu, shape);
      const executor = await Executor.create(this.gpu, program);
      executor.write(0, program.arena);
      const { patterns, regions } = program;
      this.prompt = { trainer, generation, tokens, executor, painter, patterns, from, to: regions.parameters };
      // Closed meanwhile.
      if (this.refused) this.dispose();
    } catch {
      // What cannot be painted is drawn by the page; when the device itself is gone, those who train on it say so.
      this.refused = true;
    }
  }
}
