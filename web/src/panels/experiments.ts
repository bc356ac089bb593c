// What others claim, as cards: each of an experiment's settings is one click away.
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { type Arm, armSettings, armsOf, byTheme, type Experiment, type Finding, sameRun } from '../experiments.ts';
import { strings } from '../strings.ts';
import { encodeHash } from '../url.ts';
import { Panel } from './panel.ts';

export class ExperimentsPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['settings'];
  private list: Experiment[] = [];
  private findings: ReadonlyMap<string, Finding> = new Map();

  protected override render() {
    return html`
      <details class="experiments" @toggle=${this.onToggle}>
        <summary><h2>${strings.experiments_title}</h2></summary>
        <p class="caption">${strings.experiments_help}</p>
        ${byTheme(this.list).map(([theme, some]) => this.renderTheme(theme, some))}
      </details>
    `;
  }

  /** Only who looks at them needs them. */
  private onToggle = async (event: Event): Promise<void> => {
    if (!(event.target as HTMLDetailsElement).open || this.list.length > 0) return;
    const [{ experiments, findings }] = await Promise.all([
      import('../experiment_specs.ts'),
      import('./experiment_trial.ts'),
    ]);
    this.findings = findings;
    this.list = experiments;
    this.requestUpdate();
  };

  private renderTheme(theme: string, some: Experiment[]) {
    return html`
      ${theme === '' ? nothing : html`<h3>${theme}</h3>`}
      <ul class="cards">${some.map((experiment) => this.renderCard(experiment))}</ul>
    `;
  }

  private renderCard(experiment: Experiment) {
    const { title, claim, source, watch, name } = experiment;
    return html`
      <li class="card" data-experiment=${name}>
        ${experiment.theme === undefined ? html`<h3>${title}</h3>` : html`<h4>${title}</h4>`}
        <p class="claim">${claim} <cite>${source}</cite></p>
        <ul class="arms">${armsOf(experiment).map((arm) => html`<li>${this.renderArm(arm)}</li>`)}</ul>
        <p class="caption">${strings.experiment_watch(watch)}</p>
        ${this.renderFinding(experiment)}
        <ip-experiment-trial .experiment=${experiment} .finding=${this.findings.get(name)}></ip-experiment-trial>
      </li>
    `;
  }

  private renderFinding({ name, seeds }: Experiment) {
    const found = this.findings.get(name);
    if (!found) return nothing;
    return html`
      <details class="caption">
        <summary>${strings.experiment_found(found.verdict, seeds)}</summary>
        <p>${found.evidence}</p>
      </details>
    `;
  }

  private renderArm(arm: Arm) {
    const { schema, settings } = this.app;
    const there = armSettings(schema, settings, arm);
    if (!there) return html`<span class="grey" title=${strings.experiment_elsewhere}>${arm.name}</span>`;
    const open = (event: MouseEvent) => {
      // A new tab or window is the browser's business.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      event.preventDefault();
      void this.app.begin(there);
      document.querySelector('ip-story')?.scrollIntoView();
    };
    const now = sameRun(there, settings);
    return html`<a href=${encodeHash(there)} aria-current=${now ? 'true' : nothing} @click=${open}>${arm.name}</a>`;
  }
}

customElements.define('ip-experiments', ExperimentsPanel);
