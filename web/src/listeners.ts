// Who wants to know when something has changed.

export class Listeners<Topic> {
  private readonly listeners = new Set<(topic: Topic) => void>();

  /** Gives back how to stop listening. */
  listen(listener: (topic: Topic) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(topic: Topic): void {
    for (const listener of this.listeners) listener(topic);
  }
}
