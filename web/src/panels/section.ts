// Depth on demand: a heading that opens, whose panel is loaded only then, so that the first load does not grow with it.
import { html, nothing } from 'lit';
import type { App, Topic } from '../app.ts';
import type { Settings } from '../state.ts';
import { strings } from '../strings.ts';
import { Panel } from './panel.ts';

export interface Section {
  /** Of the heading's element: #section-circuits. */
  id: string;
  title: string;
  /** What one finds in it, in a few words beside the title. */
  hint?: string;
  /** The element that `load` defines; it is given `app`. */
  tag: string;
  load(): Promise<unknown>;
  /** Whether these settings ask for it: it opens by itself. */
  opens?(settings: Settings): boolean;
}

export class SectionPanel extends Panel {
  static override properties = { ...Panel.properties, section: { attribute: false } };
  declare section: Section;
  protected readonly topics: readonly Topic[] = ['settings'];
  private body: (HTMLElement & { app: App }) | null = null;
  private problem = '';
  private asked = false;

  protected override render() {
    const { id, title, hint } = this.section;
    return html`
      <details class="section" id="section-${id}" @toggle=${this.onToggle}>
        <summary><h2>${title}</h2> ${hint ? html`<span class="unit">${hint}</span>` : nothing}</summary>
        ${this.body}
        ${this.problem === '' ? nothing : html`<p class="refused" role="alert">${this.problem}</p>`}
      </details>
    `;
  }

  /** Opens when the settings begin to ask for it; closed again it stays closed. */
  protected override updated(): void {
    const asks = this.section.opens?.(this.app.settings) ?? false;
    const details = this.querySelector('details');
    if (details && asks && !this.asked) details.open = true;
    this.asked = asks;
  }

  private onToggle = async (event: Event): Promise<void> => {
    if (!(event.target as HTMLDetailsElement).open || this.body) return;
    const { load, tag } = this.section;
    try {
      await load();
      this.body = Object.assign(document.createElement(tag) as HTMLElement & { app: App }, { app: this.app });
      this.problem = '';
    } catch {
      this.problem = strings.section_failed;
    }
    this.requestUpdate();
  };
}

customElements.define('ip-section', SectionPanel);
