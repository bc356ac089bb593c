// All terms, at the end of the page.
import { html } from 'lit';
import type { Topic } from '../app.ts';
import { Panel } from '../panels/panel.ts';
import './glossary.css';
import { glossary } from './words.ts';

export class GlossaryPanel extends Panel {
  protected readonly topics: readonly Topic[] = [];

  protected override render() {
    const terms = Object.values(glossary).sort((a, b) => a.name.localeCompare(b.name, 'en'));
    return html`<dl class="glossary">
      ${terms.map(({ name, text }) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}
    </dl>`;
  }
}

customElements.define('ip-glossary', GlossaryPanel);
