// Firefox looks for finished work about every 100 ms, or when commands arrive: a map would wait that long. So, while one is awaited,
// empty submits arrive. Seen in Firefox 153 on a busy machine: about 100 ms for a map without them, mostly under 2 ms with submits every
// millisecond; one alone comes too early for a device that is still busy. Other browsers answer by themselves; an empty submit costs them next to nothing.

/** ms between empty submits: what browsers round a repeated timer up to. */
const kPause = 4;

export class Nudge {
  private awaited = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly queue: Pick<GPUQueue, 'submit'>) {}

  /** Gives back the answer; keeps nudging until the last of the answers asked for is there. */
  async during<T>(answer: Promise<T>): Promise<T> {
    this.awaited++;
    this.queue.submit([]);
    this.timer ??= setInterval(() => this.queue.submit([]), kPause);
    try {
      return await answer;
    } finally {
      this.awaited--;
      if (this.awaited === 0) {
        clearInterval(this.timer);
        this.timer = undefined;
      }
    }
  }
}
