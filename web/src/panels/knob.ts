// One knob: its name, its control, its slider, its help, and the way back to the preset's value.
import type { Knob, KnobValue } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import type { App } from '../app.ts';
import { presetValue } from '../state.ts';
import { strings } from '../strings.ts';
import { refusal } from './refusal.ts';
import { fromSlider, sliderSteps, toSlider } from './slider.ts';

/** Does it differ from the preset now, whenever it was changed? */
export function isChanged(app: App, knob: Knob): boolean {
  return app.config[knob.name] !== presetValue(app.schema, app.settings.preset, knob);
}

export function renderKnob(app: App, knob: Knob) {
  const base = presetValue(app.schema, app.settings.preset, knob);
  const changed = isChanged(app, knob);
  const works = app.run.shown.includes(knob.name);
  const shown = app.refused.get(knob.name)?.text ?? String(app.config[knob.name]);
  const range = knob.min !== undefined && knob.max !== undefined ? strings.range(knob.min, knob.max, knob.unit) : '';
  return html`
    <div class="knob" data-knob=${knob.name}>
      <div class="knob-head">
        <label for="knob-${knob.name}">${changed ? html`<span class="dot" aria-hidden="true"></span>` : nothing}<code>${knob.name}</code></label>
        ${renderInput(app, knob, shown)}
      </div>
      ${renderSlider(app, knob)} ${refusal(app, knob.name)}
      <p class="help" id="help-${knob.name}">
        ${works ? nothing : html`<span class="idle">${strings.idle}</span>`}
        ${knob.doc} ${range ? html`<span>${range}.</span>` : nothing}
        <span class="when">${knob.when === 'live' ? strings.live : strings.rebuild}</span>
        ${changed ? renderBack(app, knob, base) : nothing}
      </p>
    </div>
  `;
}

function renderBack(app: App, knob: Knob, base: KnobValue) {
  return html`<button class="link" aria-label="${knob.name}: ${strings.back_to(String(base))}" @click=${() => app.setKnob(knob.name, String(base))}>
    ${strings.back_to(String(base))}
  </button>`;
}

function renderInput(app: App, knob: Knob, shown: string) {
  const id = `knob-${knob.name}`;
  const wrong = app.refused.has(knob.name);
  const described = wrong ? `refused-${knob.name} help-${knob.name}` : `help-${knob.name}`;
  const commit = (event: Event) => app.setKnob(knob.name, (event.target as HTMLInputElement).value);
  if (knob.type === 'boolean') {
    const toggle = (event: Event) => app.setKnob(knob.name, String((event.target as HTMLInputElement).checked));
    return html`<input id=${id} type="checkbox" .checked=${shown === 'true'} aria-describedby=${described} @change=${toggle} />`;
  }
  if (knob.type === 'choice') {
    return html`<select id=${id} aria-describedby=${described} @change=${commit}>
      ${knob.options?.map((option) => html`<option value=${option} .selected=${option === shown}>${option}</option>`)}
    </select>`;
  }
  return html`<input id=${id} type="text" inputmode="decimal" size="8" .value=${shown} aria-invalid=${wrong} aria-describedby=${described} @change=${commit} />`;
}

function renderSlider(app: App, knob: Knob) {
  if (knob.type !== 'integer' && knob.type !== 'real') return nothing;
  const value = Number(app.config[knob.name]);
  const text = (event: Event) => fromSlider(knob, Number((event.target as HTMLInputElement).value));
  // While it moves only the number follows; the knob is set when the slider is let go.
  const preview = (event: Event) => {
    const input = document.querySelector<HTMLInputElement>(`#knob-${knob.name}`);
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
    @change=${(event: Event) => app.setKnob(knob.name, text(event))}
  />`;
}
