// The sentence that is true now, and the quiet region that tells screen readers of events.
import { html } from 'lit';
import type { Topic } from '../app.ts';
import { hintOf, isEvent, whatToLookFor } from '../story.ts';
import { withTerms } from '../terms.ts';
import { Panel } from './panel.ts';

export class StoryPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];
  private told_event = '';
  private announcement = '';

  protected override render() {
    const { trouble, story } = this.app;
    const event = `${story.phase} ${this.app.series.onsets.length}`;
    if (event !== this.told_event) {
      this.told_event = event;
      this.announcement = isEvent(story.phase) ? `${story.text} ${story.note}`.trim() : '';
    }
    const note = trouble ? '' : story.note;
    const hint = trouble || note ? '' : hintOf(story.phase, this.app.config);
    return html`
      <div class="telling">
        <p class="story" data-phase=${trouble ? 'trouble' : story.phase}>${trouble ?? withTerms(story.text)}</p>
        <p class="note">${withTerms(note)}</p>
        <p class="note hint">${hint}</p>
      </div>
      <p class="hidden" role="status" aria-live="polite">${trouble ?? this.announcement}</p>
      <p class="prose">${withTerms(whatToLookFor(this.app.config, this.app.schema))}</p>
    `;
  }
}

customElements.define('ip-story', StoryPanel);
