// An experiment run in the page: a button, how far it is, then what was expected beside what was observed.
import '../styles/experiment_trial.css';
import { html, LitElement, nothing } from 'lit';
import type { ArmReport, ExperimentReport } from '../experiment_protocol.ts';
import { type ExperimentRunner, startExperiment } from '../experiment_runner.ts';
import type { Experiment, Finding } from '../experiments.ts';
import { measureName, quartilesText, experimentStrings as strings } from '../strings_experiments.ts';

const kMostSeeds = 50;

export class ExperimentTrial extends LitElement {
  static override properties = { experiment: { attribute: false }, finding: { attribute: false } };
  declare experiment: Experiment;
  declare finding: Finding | undefined;
  private runner: ExperimentRunner | null = null;
  private seeds = '';
  private refused = '';
  /** One at a time: two would slow each other down, and the page. */
  private static readonly all = new Set<ExperimentTrial>();

  protected override createRenderRoot() {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    ExperimentTrial.all.add(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.runner?.stop();
    ExperimentTrial.all.delete(this);
  }

  protected override render() {
    const report = this.runner?.report;
    // Before every arm has a run there is nothing to compare.
    const comparable = report?.arms.every(({ runs }) => runs.length > 0) || !this.running;
    return html`
      <div class="trial-controls">${this.running ? this.renderProgress() : this.renderStart()}</div>
      ${this.renderTrouble()}
      ${report && comparable ? this.renderSides(report) : nothing}
    `;
  }

  private get running(): boolean {
    return this.runner?.state === 'running';
  }

  private renderStart() {
    const id = `seeds-${this.experiment.name}`;
    const busy = [...ExperimentTrial.all].some((other) => other !== this && other.running);
    return html`
      <button class="trial-run" ?disabled=${busy} title=${busy ? strings.busy : nothing} @click=${this.start}>
        ${this.runner ? strings.again : strings.run}
      </button>
      <label for=${id}>${strings.seeds}</label>
      <input
        id=${id}
        class="trial-seeds"
        inputmode="numeric"
        .value=${this.seeds || String(this.experiment.seeds)}
        aria-invalid=${this.refused ? 'true' : 'false'}
        aria-describedby=${`${id}-help`}
        @input=${this.onSeeds}
      />
      <span class=${this.refused ? 'refused' : 'caption'} id=${`${id}-help`}>${this.refused || strings.seeds_help}</span>
    `;
  }

  private renderProgress() {
    const { runs_done, runs_planned, share } = this.runner as ExperimentRunner;
    return html`
      <button class="trial-stop" @click=${this.stop}>${strings.stop}</button>
      <progress max="1" .value=${share} aria-label=${strings.progress_label(this.experiment.title)}></progress>
      <span>${runs_planned === 0 ? strings.loading : strings.progress(runs_done, runs_planned)}</span>
    `;
  }

  private renderTrouble() {
    const { runner } = this;
    if (runner?.state === 'failed')
      return html`<p class="refused" role="alert">${strings.failed(runner.problem.replace(/\.$/, ''))}</p>`;
    if (runner?.state !== 'stopped') return nothing;
    return html`<p class="caption" role="status">${strings.stopped(runner.runs_done, runner.runs_planned)}</p>`;
  }

  private renderSides(report: ExperimentReport) {
    const { experiment, finding } = this;
    const seeds = Math.max(...report.arms.map(({ runs }) => runs.length));
    // Told once, when it stands: not after every run.
    const told = this.running ? nothing : 'status';
    return html`
      <div class="trial-sides">
        <section>
          <h4>${strings.expected}</h4>
          <p class="claim">${experiment.claim}</p>
          <p>${finding ? strings.measured(finding.verdict, experiment.seeds) : strings.not_measured}</p>
          ${finding ? this.renderEvidence(finding.evidence) : nothing}
        </section>
        <section class="trial-observed">
          <h4>${strings.observed}</h4>
          <p role=${told}><strong>${strings.verdict(report.verdict, seeds)}</strong></p>
          ${this.renderEvidence(report.evidence)}
        </section>
        ${this.renderTable(report.arms, seeds)}
      </div>
    `;
  }

  /** One line for each part of the rule. */
  private renderEvidence(evidence: string) {
    return html`<ul class="caption">${evidence.split('; ').map((part) => html`<li>${part}</li>`)}</ul>`;
  }

  private renderTable(arms: ArmReport[], seeds: number) {
    const shown = this.runner?.facts?.shown ?? [];
    const cell = (arm: ArmReport, measure: string) => html`<td>${quartilesText(arm.summary[measure])}</td>`;
    return html`
      <div class="trial-table" role="region" tabindex="0" aria-label=${strings.table_region(this.experiment.title)}>
        <table>
          <caption>${strings.table(seeds)}</caption>
          <thead>
            <tr>
              <th scope="col">${strings.setting}</th>
              ${shown.map((measure) => html`<th scope="col">${measureName(measure)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${arms.map((arm) => html`<tr><th scope="row">${arm.name}</th>${shown.map((m) => cell(arm, m))}</tr>`)}
          </tbody>
        </table>
      </div>
    `;
  }

  private onSeeds = (event: Event): void => {
    this.seeds = (event.target as HTMLInputElement).value.trim();
    const wanted = Number(this.seeds);
    const right = /^\d{1,3}$/.test(this.seeds) && wanted >= 1 && wanted <= kMostSeeds;
    this.refused = right || this.seeds === '' ? '' : strings.seeds_refused(this.seeds, kMostSeeds);
    this.requestUpdate();
  };

  private start = (): void => {
    if (this.refused) {
      this.querySelector<HTMLInputElement>('.trial-seeds')?.focus();
      return;
    }
    const seeds = this.seeds === '' ? this.experiment.seeds : Number(this.seeds);
    this.runner = startExperiment(JSON.stringify(this.experiment), seeds, this.onChange);
    this.onChange();
  };

  private stop = (): void => {
    this.runner?.stop();
    this.onChange();
  };

  private onChange = (): void => {
    for (const trial of ExperimentTrial.all) trial.requestUpdate();
  };
}

customElements.define('ip-experiment-trial', ExperimentTrial);
