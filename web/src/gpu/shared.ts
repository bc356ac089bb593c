// One graphics device for all who want one here: in an article the figures of a worker, each with its own session.
import type { Gpu } from './device.ts';

interface Opened {
  gpu: Promise<Gpu>;
  users: number;
}

export interface Lease {
  readonly gpu: Gpu;
  /** `failed`: the device is of no use to anybody any more; the others are told that it is lost. Else the last one closes it. */
  leave(failed: boolean): void;
}

export class SharedGpu {
  private opened: Opened | null = null;

  constructor(private readonly open: () => Promise<Gpu>) {}

  /** The open device, or a new one: after a loss the same new one for everybody. Throws what `open` does. */
  async take(): Promise<Lease> {
    this.opened ??= this.begin();
    const mine = this.opened;
    mine.users++;
    const gpu = await mine.gpu;
    let left = false;
    return {
      gpu,
      leave: (failed) => {
        if (left) return;
        left = true;
        mine.users--;
        if (!failed && mine.users > 0) return;
        this.forget(mine);
        gpu.device.destroy();
      },
    };
  }

  private begin(): Opened {
    const opened = { gpu: this.open(), users: 0 };
    const forget = () => this.forget(opened);
    opened.gpu.then(({ device }) => device.lost.then(forget), forget);
    return opened;
  }

  private forget(opened: Opened): void {
    if (this.opened === opened) this.opened = null;
  }
}
