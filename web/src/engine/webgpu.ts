// The real graphics device. A file of its own, because it brings the WGSL: loaded only when a device is wanted.
import type { Trainer } from '@core/loader.mjs';
import { kMaxSteps } from '../gpu/buffers.ts';
import { type Gpu, openGpu } from '../gpu/device.ts';
import { Executor } from '../gpu/executor.ts';
import { compareKernels, worstOf } from '../gpu/parity.ts';
import { type Lease, SharedGpu } from '../gpu/shared.ts';
import type { Card, Graphics } from './graphics.ts';
import { PromptMaps } from './maps.ts';

class WebGpuCard implements Card {
  readonly adapter: string;
  readonly vendor: string;
  readonly software: boolean;
  readonly lost: Promise<string>;
  private readonly maps: PromptMaps;

  private readonly gpu: Gpu;

  constructor(private readonly lease: Lease) {
    const { gpu } = lease;
    this.gpu = gpu;
    this.maps = new PromptMaps(gpu);
    this.adapter = gpu.adapter;
    this.vendor = gpu.vendor;
    this.software = gpu.software;
    this.lost = gpu.device.lost.then(({ reason, message }) => message || `The graphics device was lost (${reason}).`);
  }

  close(failed: boolean): void {
    this.maps.dispose();
    this.lease.leave(failed);
  }

  make(trainer: Trainer): Promise<Executor> {
    return Executor.create(this.gpu, trainer.program());
  }

  paint(trainer: Trainer, tokens: readonly number[], palette: Uint32Array): Promise<ImageBitmap | null> {
    return this.maps.paint(trainer, tokens, palette);
  }

  async compare(trainer: Trainer): Promise<Record<string, number>> {
    const executor = await this.make(trainer);
    try {
      return await compareKernels(trainer, executor);
    } finally {
      executor.dispose();
    }
  }
}

const devices = new SharedGpu(openGpu);

export const webgpu: Graphics = {
  most_steps: kMaxSteps,
  open: async () => new WebGpuCard(await devices.take()),
  worst: worstOf,
};
