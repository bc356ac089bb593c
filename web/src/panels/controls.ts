// Play, pause, step, reset, speed, seed and preset: always in sight.
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { strings } from '../strings.ts';
import { Panel } from './panel.ts';
import { refusal } from './refusal.ts';

export class ControlsPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];

  protected override render() {
    return html`
      <div class="controls" role="group" aria-label="Training">
        ${this.renderButtons()} ${this.renderSpeed()} ${this.renderSeed()} ${this.renderPreset()} ${this.renderEngine()}
      </div>
      ${refusal(this.app, 'seed')} ${refusal(this.app, 'preset')} ${this.renderNotices()}
    `;
  }

  private renderButtons() {
    const { status } = this.app;
    const toggle = () => (status.playing ? this.app.pause() : this.app.play());
    return html`
      <div class="buttons">
        <button id="play" class="primary" @click=${toggle}>
          <span aria-hidden="true">${status.playing ? '❚❚' : '▶'}</span> ${status.playing ? strings.pause : strings.play}
        </button>
        <button id="step" title=${strings.step_help} @click=${() => this.app.advance(1)}>${strings.step}</button>
        <button id="reset" title=${strings.reset_help} @click=${() => this.app.reset()}>${strings.reset}</button>
      </div>
    `;
  }

  private renderSpeed() {
    const { speed } = this.app.settings;
    return html`
      <label class="field">
        <span>${strings.speed}</span>
        <select id="speed" @change=${(event: Event) => this.app.setSpeed((event.target as HTMLSelectElement).value)}>
          ${[...strings.speeds].map(
            ([name, words]) => html`<option value=${name} .selected=${name === speed}>${words}</option>`,
          )}
        </select>
      </label>
    `;
  }

  private renderSeed() {
    const refused = this.app.refused.get('seed');
    // Small seeds are easy to tell one another.
    const dice = () => this.app.setKnob('seed', String(Math.floor(Math.random() * 1000)));
    return html`
      <div class="field">
        <label for="seed">${strings.seed}</label>
        <span class="joined">
          <input
            id="seed"
            inputmode="numeric"
            size="4"
            .value=${refused?.text ?? String(this.app.config.seed)}
            aria-invalid=${refused ? 'true' : 'false'}
            aria-describedby=${refused ? 'refused-seed' : nothing}
            @change=${(event: Event) => this.app.setKnob('seed', (event.target as HTMLInputElement).value)}
          />
          <button id="dice" aria-label=${strings.dice} title=${strings.dice} @click=${dice}>⚄</button>
        </span>
      </div>
    `;
  }

  private renderPreset() {
    const { schema, settings } = this.app;
    return html`
      <label class="field">
        <span>${strings.preset}</span>
        <select
          id="preset"
          @change=${(event: Event) => this.app.choosePreset((event.target as HTMLSelectElement).value)}
        >
          ${schema.presets.map(
            ({ name }) => html`<option value=${name} .selected=${name === settings.preset}>${name}</option>`,
          )}
        </select>
      </label>
    `;
  }

  private renderEngine() {
    const { status, steps_per_second, config } = this.app;
    const per_step = Number(config.batch) * Number(config.n_ctx);
    const running = status.playing && steps_per_second > 0;
    return html`
      <p class="engine">
        <span id="step-count" data-step=${status.step}>${strings.at_step(status.step)}</span>
        <span>
          ${running ? strings.engine(steps_per_second, steps_per_second * per_step) : strings.engine_idle}
        </span>
      </p>
    `;
  }

  private renderNotices() {
    if (this.app.notices.length === 0) return nothing;
    return html`
      <div class="notice" role="alert" id="url-notice">
        <p>${strings.url_notice}</p>
        <ul>${this.app.notices.map((notice) => html`<li>${notice}</li>`)}</ul>
        <button @click=${() => this.app.dismissNotices()}>${strings.dismiss}</button>
      </div>
    `;
  }
}

customElements.define('ip-controls', ControlsPanel);
