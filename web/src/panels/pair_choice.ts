// What the second run is: a copy of the first one, the next seed, a preset, or a pasted link.
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app.ts';
import { fromLink, readSecond } from '../pair/second_address.ts';
import { type Settings, withKnob } from '../state.ts';
import { pairStrings as words } from '../strings_pair.ts';

export class PairChoice extends LitElement {
  static override properties = {
    app: { attribute: false },
    settings: { attribute: false },
    choose: { attribute: false },
  };
  declare app: App;
  /** B's; null while there is none. */
  declare settings: Settings | null;
  declare choose: (settings: Settings | null) => void;
  private chosen = 'address';
  private problem = '';

  protected override createRenderRoot() {
    return this;
  }

  protected override render() {
    const { schema } = this.app;
    const { choice } = words;
    const changes = this.app.settings.changes.length;
    const presets = schema.presets.map(({ name }): [string, string] => [`preset:${name}`, choice.preset(name)]);
    const options: [string, string][] = [
      ...(this.settings ? [] : [['none', choice.none] as [string, string]]),
      ...(this.settings && this.chosen === 'address' ? [['address', choice.address] as [string, string]] : []),
      ['copy', choice.copy],
      ['seed', choice.seed],
      ...(changes > 0 ? [['parent', choice.parent] as [string, string]] : []),
      ...(changes > 1 ? [['plain', choice.plain] as [string, string]] : []),
      ...presets,
    ];
    const shown = this.settings ? this.chosen : 'none';
    return html`
      <div class="pair-choice">
        <label class="field">
          <span>${words.choose}</span>
          <select id="pair-choice" @change=${(event: Event) => this.take((event.target as HTMLSelectElement).value)}>
            ${options.map(([value, text]) => html`<option value=${value} .selected=${value === shown}>${text}</option>`)}
          </select>
        </label>
        ${this.renderLink()}
      </div>
      ${this.problem === '' ? nothing : html`<p class="refused" role="alert" id="pair-link-problem">${this.problem}</p>`}
    `;
  }

  private renderLink() {
    const wrong = this.problem !== '';
    const submit = (event: Event) => {
      event.preventDefault();
      void this.readLink();
    };
    return html`
      <form class="field" @submit=${submit}>
        <label for="pair-link">${words.link}</label>
        <input
          id="pair-link"
          type="text"
          spellcheck="false"
          autocomplete="off"
          aria-invalid=${wrong}
          aria-describedby=${wrong ? 'pair-link-problem' : nothing}
        />
        <button id="pair-compare">${words.compare}</button>
      </form>
    `;
  }

  private take(choice: string): void {
    const { app } = this;
    const { schema, settings: a } = app;
    this.chosen = choice;
    this.say('');
    const largest = schema.knobs.find(({ name }) => name === 'seed')?.max ?? 99;
    const next = (Number(app.config.seed) + 1) % (largest + 1);
    if (choice === 'copy') this.choose(a);
    else if (choice === 'seed') this.choose(withKnob(schema, a, 'seed', next));
    else if (choice === 'parent') this.choose({ ...a, changes: a.changes.slice(0, -1) });
    else if (choice === 'plain') this.choose({ ...a, changes: [] });
    // With A's seed: what differs is what the presets say.
    else if (choice.startsWith('preset:'))
      this.choose(withKnob(schema, { ...a, preset: choice.slice(7), knobs: {}, changes: [] }, 'seed', app.config.seed));
  }

  private async readLink(): Promise<void> {
    const text = this.querySelector<HTMLInputElement>('#pair-link')?.value ?? '';
    const { client, schema } = this.app;
    const hash = fromLink(schema, text);
    const { settings, problems } =
      hash === null ? { settings: null, problems: [] } : await readSecond(client, schema, hash);
    this.say(settings ? problems.join(' ') : words.not_a_link(text.trim()));
    if (!settings) return;
    this.chosen = 'address';
    this.choose(settings);
  }

  private say(problem: string): void {
    this.problem = problem;
    this.requestUpdate();
  }
}

customElements.define('ip-pair-choice', PairChoice);
