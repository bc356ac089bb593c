// What stands inside the element: the page's own panels, as many as the author asks for, in one shadow tree.
import { html, LitElement, nothing } from 'lit';
import type { Topic } from '../src/app.ts';
import '../src/panels/controls.ts';
import '../src/panels/curves.ts';
import '../src/panels/heads.ts';
import { Panel } from '../src/panels/panel.ts';
import '../src/panels/sequence.ts';
import '../src/panels/story.ts';
import '../src/panels/timeline.ts';
import type { Controls, PanelName } from './attributes.ts';
import { ownTask } from './own_task.ts';
import { type Tint, within } from './theme.ts';

/** One after the other comes in, in a task of its own: drawn for the first time all at once, they would hold up the article. */
const kPlace: Record<PanelName, number> = {
  story: 1,
  heads: 2,
  tokens: 3,
  loss: 4,
  scores: 4,
  circuit: 5,
  timeline: 5,
};
const kPlaces = Math.max(...Object.values(kPlace));

/** Which colours a panel draws in: those of the figure in whose tree it stands. */
const tints = new WeakMap<Node, Tint>();

interface Updates {
  performUpdate(): unknown;
  scheduleUpdate(): unknown;
}

// One place for all panels: what they draw, they draw in the colours of their figure. The copy of Lit is the figures' own.
const panels = LitElement.prototype as unknown as Updates;
const update = panels.performUpdate;
panels.performUpdate = function (this: LitElement & Updates) {
  const tint = tints.get(this.getRootNode());
  return tint ? within(tint, () => update.call(this)) : undefined;
};
// And the first time, each in a task of its own, also those that stand in another one.
const schedule = panels.scheduleUpdate;
panels.scheduleUpdate = function (this: LitElement & Updates) {
  return this.hasUpdated ? schedule.call(this) : ownTask().then(() => schedule.call(this));
};

export class View extends Panel {
  static override properties = { ...Panel.properties, panels: { attribute: false }, controls: { attribute: false } };
  protected readonly topics: readonly Topic[] = ['settings'];
  declare panels: readonly PanelName[];
  declare controls: Controls;
  private circuits = false;
  private places = 1;
  private arriving = false;
  private arrived: () => void = () => undefined;
  /** Resolves when every panel has been drawn. */
  readonly whole = new Promise<void>((arrived) => {
    this.arrived = arrived;
  });

  colour(root: Node, tint: Tint): void {
    tints.set(root, tint);
    tint.listen(() => {
      this.requestUpdate();
      this.app.tell('frame');
    });
  }

  override updated(): void {
    void this.arrive();
    if (this.places >= kPlaces && this.panels.includes('circuit') && !this.circuits) void this.load();
  }

  /** Some panel has not been drawn yet. */
  private get waiting(): boolean {
    const drawn = (each: Element) => !(each instanceof LitElement) || each.hasUpdated;
    return this.isConnected && ![...this.querySelectorAll('*')].every(drawn);
  }

  private async arrive(): Promise<void> {
    if (this.arriving) return;
    this.arriving = true;
    while (this.waiting) await ownTask();
    this.arriving = false;
    if (this.places >= kPlaces) return this.arrived();
    this.places++;
    this.requestUpdate();
  }

  /** Only who looks into a head needs it. */
  private async load(): Promise<void> {
    await import('../src/panels/circuits.ts');
    this.circuits = true;
    this.requestUpdate();
  }

  protected override render() {
    const { app, panels: names } = this;
    const has = (name: PanelName) => names.includes(name) && kPlace[name] <= this.places;
    // Few: what a reader needs to watch; all: what the page offers.
    const much = this.controls === 'all' ? '' : 'few';
    const curves = has('loss') || has('scores');
    return html`
      <ip-story class=${has('story') ? '' : 'quiet-story'} part="story" .app=${app}></ip-story>
      ${this.controls === 'none' ? nothing : html`<ip-controls class=${much} part="controls" .app=${app}></ip-controls>`}
      ${has('heads') ? html`<ip-heads class=${much} part="heads" .app=${app}></ip-heads>` : nothing}
      ${has('tokens') ? html`<ip-sequence part="tokens" .app=${app}></ip-sequence>` : nothing}
      ${
        curves
          ? html`<ip-curves class="${has('loss') ? '' : 'no-loss'} ${has('scores') ? '' : 'no-scores'}" part="curves" .app=${app}></ip-curves>`
          : nothing
      }
      ${has('circuit') ? html`<details open class="circuit-place" part="circuit"><summary hidden></summary>${this.circuits ? html`<ip-circuits .app=${app}></ip-circuits>` : nothing}</details>` : nothing}
      ${has('timeline') ? html`<ip-timeline part="timeline" .app=${app}></ip-timeline>` : nothing}
    `;
  }
}

customElements.define('ip-view', View);
