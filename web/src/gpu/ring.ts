// A few staging buffers that take turns, so that reading back never waits for a buffer that is still mapped.

const kBuffers = 3;

export class Ring {
  private readonly every: GPUBuffer[];
  private readonly free: GPUBuffer[];
  private readonly waiting: ((buffer: GPUBuffer) => void)[] = [];

  constructor(make: () => GPUBuffer) {
    this.every = Array.from({ length: kBuffers }, make);
    this.free = [...this.every];
  }

  take(): Promise<GPUBuffer> {
    const buffer = this.free.pop();
    return buffer ? Promise.resolve(buffer) : new Promise((resolve) => this.waiting.push(resolve));
  }

  give(buffer: GPUBuffer): void {
    const next = this.waiting.shift();
    if (next) next(buffer);
    else this.free.push(buffer);
  }

  dispose(): void {
    for (const buffer of this.every) buffer.destroy();
  }
}
