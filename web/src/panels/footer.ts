// The small print: how large the model is, and the signature that certifies the run.
import { html } from 'lit';
import type { Topic } from '../app.ts';
import { strings } from '../strings.ts';
import { addressOf } from '../url.ts';
import { Panel } from './panel.ts';
import type { Section } from './section.ts';

const kGlossary: Section = {
  id: 'glossary',
  title: strings.glossary_title,
  tag: 'ip-glossary',
  load: () => import('../glossary/list.ts'),
};

/** As wide as any signature: 64 bits in hexadecimal. */
const kAnySignature = '0'.repeat(16);

export class FooterPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];

  protected override render() {
    const { run, signature, status, timeline } = this.app;
    const help = timeline.facts.exact ? strings.signature_help : strings.signature_graphics;
    const certificate = signature
      ? html`${strings.signature(status.step)} <code id="signature">${signature}</code>; ${help}`
      : strings.signature_later;
    // The longest text stands unseen in the same place: pausing moves nothing under a reader's pointer.
    return html`
      <p class="caption">${strings.model_size(run.n_parameters, run.d_head)} <a class="grey" href="atlas/">${strings.atlas}</a></p>
      <p class="caption stack">
        <span>${certificate}</span>
        <span class="unseen" aria-hidden="true">${strings.signature(status.step)} <code>${kAnySignature}</code>; ${help}</span>
      </p>
      <ip-section .app=${this.app} .section=${kGlossary}></ip-section>
      <p class="print-only">${strings.print_address} ${addressOf(this.app.settings)}</p>
    `;
  }
}

customElements.define('ip-footer', FooterPanel);
