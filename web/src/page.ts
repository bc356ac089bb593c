// The page: the panels in the order the eye should take them.
import { html, nothing } from 'lit';
import type { Topic } from './app.ts';
import './panels/controls.ts';
import './panels/curves.ts';
import './panels/experiments.ts';
import './panels/footer.ts';
import './panels/heads.ts';
import './panels/knobs.ts';
import { Panel } from './panels/panel.ts';
import './panels/section.ts';
import './panels/sequence.ts';
import './panels/story.ts';
import './panels/timeline.ts';
import { sections } from './sections.ts';
import { strings } from './strings.ts';
import { currentTheme, nextTheme, onTheme } from './theme.ts';
import { addressOf } from './url.ts';

export class Page extends Panel {
  protected readonly topics: readonly Topic[] = ['settings'];
  private copy_words = strings.copy_link;

  override firstUpdated(): void {
    onTheme(() => {
      this.requestUpdate();
      this.app.tell('frame');
    });
  }

  protected override render() {
    const { app } = this;
    return html`
      <header class="top">
        <h1>${strings.title}</h1>
        <button class="quiet" id="copy" @click=${this.copyLink}>${this.copy_words}</button>
        <button class="quiet" id="theme" @click=${nextTheme}>${strings.theme[currentTheme()]}</button>
      </header>
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

  private copyLink = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(addressOf(this.app.settings));
      this.copy_words = strings.copied;
    } catch {
      // Without permission the address bar still has it.
      this.copy_words = strings.copy_failed;
    }
    this.requestUpdate();
  };
}

customElements.define('ip-page', Page);
