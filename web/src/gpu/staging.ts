// Staging buffers that take turns, so that reading back never waits for one that is still mapped. A taker always gets one at
// once: submits then go to the device in the order of the calls. Callers bound how many are out at the same time.

/** Buffers kept for later; the one given back longest ago goes first. */
const kKept = 4;
const kSmallest = 1024;

export class Staging {
  private readonly kept: GPUBuffer[] = [];
  private disposed = false;

  constructor(private readonly make: (bytes: number) => GPUBuffer) {}

  /** A buffer of at least so many bytes: a kept one of the same power of two, or a new one. */
  take(bytes: number): GPUBuffer {
    const size = Math.max(kSmallest, 2 ** Math.ceil(Math.log2(bytes)));
    const at = this.kept.findIndex((buffer) => buffer.size === size);
    return at >= 0 ? this.kept.splice(at, 1)[0] : this.make(size);
  }

  give(buffer: GPUBuffer): void {
    this.kept.push(buffer);
    if (this.disposed || this.kept.length > kKept) this.kept.shift()?.destroy();
  }

  dispose(): void {
    this.disposed = true;
    for (const buffer of this.kept.splice(0)) buffer.destroy();
  }
}
