// What may be something else than it looks like: a line until it is opened, so that nothing below moves while the model trains.
import type { Alarm } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import { type Next, nextClick } from '../alarm_next.ts';
import type { Topic } from '../app.ts';
import { headName } from '../format.ts';
import { allAblated, teamOf } from '../held.ts';
import { strings } from '../strings.ts';
import { Panel } from './panel.ts';

export class AlarmsPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];

  protected override render() {
    const alarms = this.app.series.latest?.alarms ?? [];
    return html`
      <details class="alarms" id="alarms">
        <summary>
          ${alarms.length > 0 ? html`<span aria-hidden="true">⚠</span>` : nothing} ${strings.alarms(alarms.length)}
        </summary>
        <ul>${[...byKind(alarms).values()].map((some) => this.renderKind(some))}</ul>
      </details>
    `;
  }

  /** Alike in several heads: one notice, the evidence of each, one next click. */
  private renderKind(alarms: Alarm[]) {
    const [first] = alarms;
    const heads = alarms.flatMap(({ layer, head }) => (layer === null || head === null ? [] : [headName(layer, head)]));
    const next = this.next(first);
    return html`
      <li data-alarm=${first.alarm}>
        <p><b>${strings.alarm_title(first.alarm, first.layer === null ? [] : heads)}</b></p>
        ${alarms.map(({ evidence }) => html`<p>${strings.alarm(evidence)}</p>`)}
        ${next ? html`<button @click=${() => this.follow(next)}>${next.words}</button>` : nothing}
      </li>
    `;
  }

  private next(alarm: Alarm) {
    return nextClick(alarm, this.app.config, teamOf(this.app.series.latest));
  }

  private follow(next: Next): void {
    const { app } = this;
    if (next.do === 'knob') void app.setKnob(next.name, next.value);
    else if (next.do === 'look') app.setView({ head: next.heads[0] });
    else void app.surgery.hold((lines) => allAblated(lines, next.heads));
  }
}

function byKind(alarms: readonly Alarm[]): Map<string, Alarm[]> {
  const kinds = new Map<string, Alarm[]>();
  for (const alarm of alarms) kinds.set(alarm.alarm, [...(kinds.get(alarm.alarm) ?? []), alarm]);
  return kinds;
}

customElements.define('ip-alarms', AlarmsPanel);
