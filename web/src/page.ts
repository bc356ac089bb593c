// The page: the panels in the order the eye should take them.
import { html, nothing } from 'lit';
import type { Topic } from './app.ts';
import './panels/controls.ts';
import './panels/curves.ts';
import './panels/experiments.ts';
import './panels/footer.ts';
import './panels/header.ts';
import './panels/heads.ts';
import './panels/knobs.ts';
import { Panel } from './panels/panel.ts';
import './panels/section.ts';
import './panels/sequence.ts';
import './panels/story.ts';
import './panels/timeline.ts';
import { sections } from './sections.ts';
import { onTheme } from './theme.ts';

export class Page extends Panel {
  protected readonly topics: readonly Topic[] = ['settings'];

  override firstUpdated(): void {
    onTheme(() => {
      this.requestUpdate();
      this.app.tell('frame');
    });
  }

  protected override render() {
    const { app } = this;
    return html`
      <ip-header .app=${app}></ip-header>
      <main>
        <ip-story .app=${app}></ip-story>
        ${
          app.trouble
            ? nothing
            : html`
                <ip-controls .app=${app}></ip-controls>
                <div class="columns">
                  <div class="picture">
                    <ip-heads .app=${app}></ip-heads>
                    <ip-sequence .app=${app}></ip-sequence>
                    <ip-curves .app=${app}></ip-curves>
                    ${sections.map((section) => html`<ip-section .app=${app} .section=${section}></ip-section>`)}
                    <ip-experiments .app=${app}></ip-experiments>
                    <ip-footer .app=${app}></ip-footer>
                  </div>
                  <ip-knobs .app=${app}></ip-knobs>
                </div>
              `
        }
      </main>
      ${app.trouble ? nothing : html`<ip-timeline .app=${app}></ip-timeline>`}
    `;
  }
}

customElements.define('ip-page', Page);
