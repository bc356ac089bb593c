// Every knob of the core's schema, by group: range, unit, help, default, and a dot where it was changed.

import type { Knob, KnobValue } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { findPreset, presetValue } from '../state.ts';
import { strings } from '../strings.ts';
import { Panel } from './panel.ts';
import { refusal } from './refusal.ts';
import { fromSlider, sliderSteps, toSlider } from './slider.ts';

const kGroups = ['model', 'task', 'optimiser', 'run'] as const;

/** Stands in the bar above. */
const kElsewhere = 'seed';

export class KnobsPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['settings'];

  protected override render() {
    return html`
      <section aria-labelledby="knobs-title">
        <header class="section-head"><h2 id="knobs-title">${strings.knobs_title}</h2></header>
        <p class="preset-doc">${findPreset(this.app.schema, this.app.settings.preset)?.doc}</p>
        ${kGroups.map((group) => this.renderGroup(group))}
      </section>
    `;
  }

  private renderGroup(group: Knob['group']) {
    const knobs = this.app.schema.knobs.filter((knob) => knob.group === group && knob.name !== kElsewhere);
    const changed = knobs.filter((knob) => knob.name in this.app.settings.knobs);
    const wrong = knobs.some((knob) => this.app.refused.has(knob.name));
    return html`
      <details class="group" data-group=${group} ?open=${wrong || this.opensAtFirst(group)}>
        <summary>
          ${strings.groups[group]}
          ${changed.map((knob) => html`<span class="changed"><span class="dot" aria-hidden="true"></span><code>${knob.name}</code></span>`)}
        </summary>
        ${knobs.map((knob) => this.renderKnob(knob))}
      </details>
    `;
  }

  /** On wide screens the model's knobs stand beside the picture; Lit leaves the attribute alone after that. */
  private opensAtFirst(group: Knob['group']): boolean {
    return group === 'model' && innerWidth >= 1100;
  }

  private renderKnob(knob: Knob) {
    const { app } = this;
    const base = presetValue(app.schema, app.settings.preset, knob);
    const changed = knob.name in app.settings.knobs;
    const shown = app.refused.get(knob.name)?.text ?? String(app.config[knob.name]);
    const range = knob.min !== undefined && knob.max !== undefined ? strings.range(knob.min, knob.max, knob.unit) : '';
    return html`
      <div class="knob" data-knob=${knob.name}>
        <div class="knob-head">
          <label for="knob-${knob.name}">${changed ? html`<span class="dot" aria-hidden="true"></span>` : nothing}<code>${knob.name}</code></label>
          ${this.renderInput(knob, shown)}
        </div>
        ${this.renderSlider(knob)} ${refusal(app, knob.name)}
        <p class="help" id="help-${knob.name}">
          ${knob.doc} ${range ? html`<span>${range}.</span>` : nothing}
          <span class="when">${knob.when === 'live' ? strings.live : strings.rebuild}</span>
          ${changed ? this.renderBack(knob, base) : nothing}
        </p>
      </div>
    `;
  }

  private renderBack(knob: Knob, base: KnobValue) {
    return html`<button class="link" aria-label=${strings.changed(knob.name)} @click=${() => this.app.setKnob(knob.name, String(base))}>
      ${strings.back_to(String(base))}
    </button>`;
  }

  private renderInput(knob: Knob, shown: string) {
    const id = `knob-${knob.name}`;
    const wrong = this.app.refused.has(knob.name);
    const described = wrong ? `refused-${knob.name} help-${knob.name}` : `help-${knob.name}`;
    const commit = (event: Event) => this.app.setKnob(knob.name, (event.target as HTMLInputElement).value);
    if (knob.type === 'boolean') {
      const toggle = (event: Event) => this.app.setKnob(knob.name, String((event.target as HTMLInputElement).checked));
      return html`<input id=${id} type="checkbox" .checked=${shown === 'true'} aria-describedby=${described} @change=${toggle} />`;
    }
    if (knob.type === 'choice') {
      return html`<select id=${id} aria-describedby=${described} @change=${commit}>
        ${knob.options?.map((option) => html`<option value=${option} .selected=${option === shown}>${option}</option>`)}
      </select>`;
    }
    return html`<input id=${id} type="text" inputmode="decimal" size="8" .value=${shown} aria-invalid=${wrong} aria-describedby=${described} @change=${commit} />`;
  }

  private renderSlider(knob: Knob) {
    if (knob.type !== 'integer' && knob.type !== 'real') return nothing;
    const value = Number(this.app.config[knob.name]);
    const text = (event: Event) => fromSlider(knob, Number((event.target as HTMLInputElement).value));
    const field = () => this.querySelector<HTMLInputElement>(`#knob-${knob.name}`);
    // While it moves only the number follows; the knob is set when the slider is let go.
    const preview = (event: Event) => {
      const input = field();
      if (input) input.value = text(event);
    };
    return html`<input
      class="slider"
      type="range"
      min="0"
      max=${sliderSteps(knob)}
      .value=${String(toSlider(knob, value))}
      aria-label="${knob.name} slider"
      aria-valuetext=${String(value)}
      @input=${preview}
      @change=${(event: Event) => this.app.setKnob(knob.name, text(event))}
    />`;
  }
}

customElements.define('ip-knobs', KnobsPanel);
