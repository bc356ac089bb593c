// What others claim, and what came of it here: only who opens this loads it.
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { strings } from '../strings.ts';
import { hints } from '../strings_sections.ts';
import { Panel } from './panel.ts';

export class ExperimentsPanel extends Panel {
  protected readonly topics: readonly Topic[] = [];
  private there = false;

  protected override render() {
    return html`
      <details class="experiments" @toggle=${this.onToggle}>
        <summary><h2>${strings.experiments_title}</h2> <span class="unit">${hints.experiments}</span></summary>
        <p class="caption">${strings.experiments_help}</p>
        ${this.there ? html`<ip-experiment-list .app=${this.app}></ip-experiment-list>` : nothing}
      </details>
    `;
  }

  private onToggle = async (event: Event): Promise<void> => {
    if (!(event.target as HTMLDetailsElement).open || this.there) return;
    await import('./experiment_list.ts');
    this.there = true;
    this.requestUpdate();
  };
}

customElements.define('ip-experiments', ExperimentsPanel);
