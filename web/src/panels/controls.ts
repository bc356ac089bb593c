// Play, pause, step, reset, speed, seed, preset and who trains: always in sight.
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { forgetLater } from '../live.ts';
import { strings } from '../strings.ts';
import { Panel } from './panel.ts';
import { refusal } from './refusal.ts';

export class ControlsPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];
  private engine_open = false;
  /** Its panel is loaded when it is first opened. */
  private engine_there = false;
  /** The engine's notice that was read and put away. */
  private dismissed: string | null = null;

  protected override render() {
    return html`
      <div class="controls" role="group" aria-label="Training">
        ${this.renderButtons()} ${this.renderLater()} ${this.renderSpeed()} ${this.renderSeed()} ${this.renderPreset()} ${this.renderEngine()}
      </div>
      ${this.renderEnginePanel()} ${refusal(this.app, 'seed')} ${refusal(this.app, 'preset')} ${this.renderEngineNotice()}
      ${this.renderNotices()}
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

  /** After going back: what was changed later is done again at its steps, unless it is not wanted any more. */
  private renderLater() {
    const { settings, status } = this.app;
    const later = settings.changes.filter(({ at }) => at > status.step).map(({ at }) => at);
    if (later.length === 0) return nothing;
    const help = strings.forget_help(later);
    return html`<button class="quiet" id="forget" title=${help} @click=${() => forgetLater(this.app)}>${strings.forget_later(later.length)}</button>`;
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
    const { status, steps_per_second: rate, engine } = this.app;
    const running = status.playing && rate > 0;
    const coming = engine.gpu === 'opening' || engine.gpu === 'checking';
    return html`
      <p class="engine">
        <span id="step-count" data-step=${status.step}>${strings.at_step(status.step)}</span>
        ${coming ? html`<span>${strings.engine_coming}</span>` : nothing}
        <button
          id="engine"
          class="quiet"
          aria-expanded=${this.engine_open}
          aria-controls="engine-place"
          title=${strings.engine_title}
          @click=${() => this.openEngine(!this.engine_open)}
        >
          ${strings.engine_rate(engine.engine, running ? rate : null)}
        </button>
      </p>
    `;
  }

  /** Stays in the page while closed: the button says what it opens. */
  private renderEnginePanel() {
    const close = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      this.openEngine(false);
      this.querySelector<HTMLElement>('#engine')?.focus();
    };
    return html`
      <div id="engine-place" @keydown=${close}>
        ${this.engine_open && this.engine_there ? html`<ip-engine .app=${this.app}></ip-engine>` : nothing}
      </div>
    `;
  }

  private async openEngine(open: boolean): Promise<void> {
    this.engine_open = open;
    this.requestUpdate();
    if (!open || this.engine_there) return;
    try {
      await import('./engine.ts');
      this.engine_there = true;
      this.requestUpdate();
    } catch {
      this.engine_open = false;
      this.app.happened = strings.part_failed;
      this.app.tell('settings');
    }
  }

  /** What happened to the engine, heard once: it stands until something else happens or it is dismissed. The open panel shows it too. */
  private renderEngineNotice() {
    const { notice } = this.app.engine;
    if (notice === null) this.dismissed = null;
    const kept = notice !== null && notice !== this.dismissed;
    const shown = kept && !this.engine_open;
    const dismiss = () => {
      this.dismissed = notice;
      this.requestUpdate();
    };
    return html`
      <div class=${shown ? 'notice event' : ''}>
        <p id="engine-notice" class=${shown ? '' : 'hidden'} role="status">${kept ? notice : nothing}</p>
        ${shown ? html`<button class="quiet" id="engine-dismiss" @click=${dismiss}>${strings.dismiss}</button>` : nothing}
      </div>
    `;
  }

  private renderNotices() {
    const { notices, happened } = this.app;
    if (notices.length === 0 && happened === null) return nothing;
    return html`
      <div class="notice" role="alert" id="url-notice">
        <p>${happened ?? strings.url_notice}</p>
        ${notices.length > 0 ? html`<ul>${notices.map((notice) => html`<li>${notice}</li>`)}</ul>` : nothing}
        <button @click=${() => this.app.dismissNotices()}>${strings.dismiss}</button>
      </div>
    `;
  }
}

customElements.define('ip-controls', ControlsPanel);
