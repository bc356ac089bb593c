// What is asked of a figure, one after the other: scrolling in and out never has two orders on their way.

export class Turns {
  private last: Promise<unknown> = Promise.resolve();
  /** What is on its way, and what is to be called when it is done. */
  private waiting = new Set<() => void>();

  constructor(private readonly fail: (error: unknown) => void) {}

  /** What fails is told, not thrown. */
  next(task: () => Promise<unknown>): Promise<void> {
    const { waiting } = this;
    return new Promise((done) => {
      waiting.add(done);
      this.last = this.last
        .then(task)
        .catch((error: unknown) => {
          if (waiting === this.waiting) this.fail(error);
        })
        .then(() => {
          waiting.delete(done);
          done();
        });
    });
  }

  /** Who would have answered is no more: what is on its way is done with, and says nothing any more. */
  abandon(): void {
    const { waiting } = this;
    this.waiting = new Set();
    this.last = Promise.resolve();
    for (const done of waiting) done();
  }
}
