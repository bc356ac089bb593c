// What computes the training: the choice, what is known of the graphics device, and how well both engines agree.
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { scientific, whole } from '../format.ts';
import type { EngineChoice, EngineReport } from '../protocol.ts';
import { strings } from '../strings.ts';
import { enginePanelStrings as words } from '../strings_engine_panel.ts';
import { Panel } from './panel.ts';

const kChoices: readonly EngineChoice[] = ['auto', 'wasm', 'webgpu'];

export class EnginePanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];

  protected override render() {
    return html`
      <section class="engine-panel" aria-labelledby="engine-title">
        <h2 id="engine-title">${strings.engine_title}</h2>
        ${this.renderChoice()} ${this.renderFacts(this.app.engine)}
      </section>
    `;
  }

  private renderChoice() {
    const chosen = this.app.settings.engine;
    return html`
      <fieldset>
        <legend class="hidden">${words.engine_choice}</legend>
        ${kChoices.map((choice) => {
          const { name, help } = words.engine_choices[choice];
          return html`
            <div class="choice">
              <input
                type="radio"
                name="engine"
                id="engine-${choice}"
                .checked=${choice === chosen}
                aria-describedby="engine-${choice}-help"
                @change=${() => this.app.chooseEngine(choice)}
              />
              <label for="engine-${choice}">${name}</label>
              <p class="help" id="engine-${choice}-help">${help}</p>
            </div>
          `;
        })}
        <p class="help">${words.engine_continues}</p>
      </fieldset>
    `;
  }

  private renderFacts(report: EngineReport) {
    const { engine_rows: rows } = words;
    const named = report.adapter !== null;
    return html`
      <dl>
        ${fact('now', rows.now, this.renderNow(report))} ${fact('gpu', rows.gpu, words.engine_gpu[report.gpu])}
        ${named ? fact('adapter', rows.adapter, report.adapter) : nothing}
        ${named ? fact('vendor', rows.vendor, report.vendor || words.engine_unnamed) : nothing}
        ${report.software === null ? nothing : fact('kind', rows.kind, report.software ? words.engine_software : words.engine_hardware)}
        ${report.parity ? fact('parity', rows.parity, renderParity(report.parity)) : nothing}
        ${report.dispatches_per_step === null ? nothing : fact('dispatches', rows.dispatches, whole(report.dispatches_per_step))}
        ${named || report.recoveries > 0 ? fact('recoveries', rows.recoveries, whole(report.recoveries)) : nothing}
        ${report.notice && report.notice !== report.error ? fact('notice', rows.notice, report.notice) : nothing}
        ${report.error ? fact('error', rows.error, html`<span class="error">${report.error}</span>`) : nothing}
      </dl>
    `;
  }

  private renderNow({ engine }: EngineReport) {
    const { status, steps_per_second: rate, config } = this.app;
    const per_step = Number(config.batch) * Number(config.n_ctx);
    const speed = status.playing && rate > 0 ? words.engine_speed(rate, rate * per_step) : words.engine_rest;
    return `${strings.engines[engine]}, ${speed}`;
  }
}

function fact(id: string, name: string, value: unknown) {
  return html`<div data-fact=${id}><dt>${name}</dt><dd>${value}</dd></div>`;
}

/** The figure in words; the whole table on demand. */
function renderParity(parity: NonNullable<EngineReport['parity']>) {
  const kernels = Object.entries(parity.kernels).sort(([, a], [, b]) => b - a);
  return html`
    <p>${words.engine_parity(parity)}</p>
    <details class="kernels">
      <summary>${words.engine_kernels(kernels.length)}</summary>
      <table>
        <thead>
          <tr><th scope="col">${words.engine_kernel}</th><th scope="col">${words.engine_difference}</th></tr>
        </thead>
        <tbody>
          ${kernels.map(([name, off]) => html`<tr><th scope="row"><code>${name}</code></th><td>${scientific(off)}</td></tr>`)}
        </tbody>
      </table>
    </details>
  `;
}

customElements.define('ip-engine', EnginePanel);
