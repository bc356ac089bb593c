// What all panels share: they live in the page's own tree (one style sheet, labels that reach across), and they
// redraw when the app tells them of a topic they show.
import { LitElement } from 'lit';
import type { App, Topic } from '../app.ts';
import { takeTurns } from './turns.ts';

export abstract class Panel extends LitElement {
  static override properties = { app: { attribute: false } };
  declare app: App;
  protected abstract readonly topics: readonly Topic[];
  private stopListening: (() => void) | null = null;

  protected override createRenderRoot() {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const leave = this.topics.includes('frame') ? takeTurns(this.app, this) : null;
    const stop = this.app.listen((topic) => {
      if (topic !== 'frame' && this.topics.includes(topic)) this.requestUpdate();
    });
    this.stopListening = () => {
      stop();
      leave?.();
    };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopListening?.();
  }
}
