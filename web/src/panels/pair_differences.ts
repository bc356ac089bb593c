// The settings in which two runs differ, A beside B; those of B can be changed here.
import type { Knob } from '@core/loader.mjs';
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app.ts';
import { effectiveCourse } from '../changes.ts';
import { changeLines, type Difference, differences } from '../pair/differ.ts';
import { changeKnob, effectiveConfig, type Settings } from '../state.ts';
import { pairStrings as words } from '../strings_pair.ts';

export class PairDifferences extends LitElement {
  static override properties = {
    app: { attribute: false },
    settings: { attribute: false },
    choose: { attribute: false },
  };
  declare app: App;
  declare settings: Settings;
  declare choose: (settings: Settings) => void;
  /** The knob that is to be changed next. */
  private next = '';
  private refused: { name: string; text: string; message: string } | null = null;

  protected override createRenderRoot() {
    return this;
  }

  private get list(): Difference[] {
    const { schema, settings: a } = this.app;
    return differences(schema.knobs, effectiveConfig(schema, a), effectiveConfig(schema, this.settings));
  }

  protected override render() {
    const { list } = this;
    return html`
      <section class="pair-differences" aria-labelledby="pair-differs-title">
        <h3 id="pair-differs-title">${words.differs_title}</h3>
        ${list.length === 0 && !this.renderChanges() ? html`<p class="caption">${words.same}</p>` : this.renderTable(list)}
        ${this.renderNext()}
        ${this.refused ? html`<p class="refused" role="alert" id="pair-refused">${this.refused.message}</p>` : nothing}
      </section>
    `;
  }

  private renderTable(list: Difference[]) {
    return html`
      <div class="scroll"><table>
        <thead><tr><th scope="col">${words.setting}</th><th scope="col">A</th><th scope="col">B</th><td></td></tr></thead>
        <tbody>
          ${list.map(
            ({ knob, a, b }) => html`<tr>
              <th scope="row" title=${knob.doc}><code>${knob.name}</code></th>
              <td>${String(a)}</td>
              <td>${this.renderValue(knob, String(b), `pair-b-${knob.name}`)}</td>
              <td><button class="quiet" aria-label=${words.as_in_a_of(knob.name)} @click=${() => this.set(knob.name, String(a))}>${words.as_in_a}</button></td>
            </tr>`,
          )}
          ${this.renderChanges() ?? nothing}
        </tbody>
      </table></div>
    `;
  }

  /** null: the same is changed on the way, or nothing. */
  private renderChanges() {
    const lines = (settings: Settings) => changeLines(settings.changes, words.change_at, words.lifted);
    const [a, b] = [lines(this.app.settings), lines(this.settings)];
    if (a === b) return null;
    return html`<tr>
      <th scope="row">${words.changes}</th><td>${a || words.no_changes}</td><td>${b || words.no_changes}</td><td></td>
    </tr>`;
  }

  private renderNext() {
    const { knobs } = this.app.schema;
    const shown = knobs.filter(({ name }) => this.app.run.shown.includes(name));
    const knob = shown.find(({ name }) => name === this.next) ?? shown[0];
    if (!knob) return nothing;
    const take = (event: Event) => {
      this.next = (event.target as HTMLSelectElement).value;
      this.requestUpdate();
    };
    return html`
      <div class="pair-next">
        <label class="field">
          <span>${words.change}</span>
          <select id="pair-knob" @change=${take}>
            ${shown.map(({ name }) => html`<option value=${name} .selected=${name === knob.name}>${name}</option>`)}
          </select>
        </label>
        ${this.renderValue(knob, String(effectiveConfig(this.app.schema, this.settings)[knob.name]), 'pair-value')}
      </div>
    `;
  }

  private renderValue(knob: Knob, value: string, id: string) {
    const change = (event: Event) => void this.set(knob.name, (event.target as HTMLInputElement).value);
    const options = knob.type === 'boolean' ? ['false', 'true'] : knob.options;
    const label = words.value_of(knob.name);
    if (options) {
      return html`<select id=${id} aria-label=${label} @change=${change}>
        ${options.map((option) => html`<option value=${option} .selected=${option === value}>${option}</option>`)}
      </select>`;
    }
    const wrong = this.refused?.name === knob.name;
    return html`<input
      id=${id}
      type="text"
      inputmode="decimal"
      size="8"
      aria-label=${label}
      aria-invalid=${wrong}
      aria-describedby=${wrong ? 'pair-refused' : nothing}
      .value=${wrong ? (this.refused?.text ?? value) : value}
      @change=${change}
    />`;
  }

  /** A refusal changes nothing: what was typed stays beside its sentence. */
  private async set(name: string, text: string): Promise<void> {
    const { schema, client } = this.app;
    const change = changeKnob(schema, this.settings, name, text);
    let message = 'refused' in change ? change.refused : '';
    if (!('refused' in change)) {
      const { problems } = await client.call('check', { config: effectiveCourse(schema, change.settings) });
      message = problems.map((problem) => problem.message).join(' ');
      if (message === '') this.choose(change.settings);
    }
    this.refused = message === '' ? null : { name, text, message };
    this.requestUpdate();
  }
}

customElements.define('ip-pair-differences', PairDifferences);
