// The sentence beside a control whose value was refused.
import { html, nothing } from 'lit';
import type { App } from '../app.ts';

export function refusal(app: App, knob: string) {
  const refused = app.refused.get(knob);
  return refused ? html`<p class="refused" role="alert" id="refused-${knob}">${refused.message}</p>` : nothing;
}
