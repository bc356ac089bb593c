// What may be something else than it looks like: a line until it is opened, so that nothing below moves while the model trains.
import type { Alarm } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import { nextClick } from '../alarm_next.ts';
import type { Topic } from '../app.ts';
import { headName } from '../format.ts';
import { allAblated, teamOf } from '../held.ts';
import { strings } from '../strings.ts';
import { withTerms } from '../terms.ts';
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
        <ul>${alarms.map((alarm) => this.renderAlarm(alarm))}</ul>
      </details>
    `;
  }

  private renderAlarm(alarm: Alarm) {
    const head = alarm.layer === null || alarm.head === null ? null : headName(alarm.layer, alarm.head);
    const { words } = this.next(alarm);
    return html`
      <li data-alarm=${alarm.alarm}>
        <p><b>${strings.alarm_title(alarm.alarm, head)}</b> ${withTerms(strings.alarm(alarm.evidence))}</p>
        ${words ? html`<button @click=${() => this.follow(alarm)}>${words}</button>` : nothing}
      </li>
    `;
  }

  private next(alarm: Alarm) {
    return nextClick(alarm, this.app.config, teamOf(this.app.series.latest));
  }

  private follow(alarm: Alarm): void {
    const { app } = this;
    const next = this.next(alarm);
    if (next.do === 'knob') void app.setKnob(next.name, next.value);
    else if (next.do === 'look') app.setView({ head: next.heads[0] });
    else void app.surgery.hold((lines) => allAblated(lines, next.heads));
  }
}

customElements.define('ip-alarms', AlarmsPanel);
