// The claims as cards: each of an experiment's settings is one click away. Comes with the specs, when the section is opened.
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { experiments, findings } from '../experiment_specs.ts';
import { type Arm, armSettings, armsOf, byTheme, type Experiment, sameRun } from '../experiments.ts';
import { strings } from '../strings.ts';
import { encodeHash } from '../url.ts';
import './experiment_trial.ts';
import './own_text_card.ts';
import { Panel } from './panel.ts';

export class ExperimentList extends Panel {
  protected readonly topics: readonly Topic[] = ['settings'];
  /** The one on show; null: the first. */
  private theme: string | null = null;

  /** One theme at a time: nobody reads fifty cards. What runs in the others goes on. */
  protected override render() {
    const themes = byTheme(experiments);
    const names = [...themes.map(([theme]) => theme), strings.own_text];
    const chosen = this.theme ?? names[0];
    const choose = (theme: string) => {
      this.theme = theme;
      this.requestUpdate();
    };
    return html`
      <div class="themes" role="group" aria-label=${strings.experiments_themes}>
        ${names.map((name) => html`<button aria-pressed=${name === chosen} data-theme=${name} @click=${() => choose(name)}>${name || strings.experiments_others}</button>`)}
      </div>
      ${themes.map(
        ([theme, some]) =>
          html`<ul class="cards" ?hidden=${theme !== chosen}>${some.map((experiment) => this.renderCard(experiment))}</ul>`,
      )}
      <ul class="cards" ?hidden=${chosen !== strings.own_text}>
        <li class="card" data-experiment="own-text"><ip-own-text-card .app=${this.app}></ip-own-text-card></li>
      </ul>
    `;
  }

  private renderCard(experiment: Experiment) {
    const { title, claim, source, watch, name } = experiment;
    return html`
      <li class="card" data-experiment=${name}>
        <h3>${title}</h3>
        <p class="claim">${claim} <cite>${source}</cite></p>
        <ul class="arms">${armsOf(experiment).map((arm) => html`<li>${this.renderArm(arm)}</li>`)}</ul>
        <p class="caption">${strings.experiment_watch(watch)}</p>
        ${this.renderFinding(experiment)}
        <ip-experiment-trial .experiment=${experiment} .finding=${findings.get(name)}></ip-experiment-trial>
      </li>
    `;
  }

  private renderFinding({ name, seeds }: Experiment) {
    const found = findings.get(name);
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

customElements.define('ip-experiment-list', ExperimentList);
