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
  /** The one on show; null: the first. */
  private theme: string | null = null;
  private findings: ReadonlyMap<string, Finding> = new Map();

  protected override render() {
    return html`
      <details class="experiments" @toggle=${this.onToggle}>
        <summary><h2>${strings.experiments_title}</h2></summary>
        <p class="caption">${strings.experiments_help}</p>
        ${this.renderThemes()}
      </details>
    `;
  }

  /** Only who looks at them needs them. */
  private onToggle = async (event: Event): Promise<void> => {
    if (!(event.target as HTMLDetailsElement).open || this.list.length > 0) return;
    const [{ experiments, findings }] = await Promise.all([
      import('../experiment_specs.ts'),
      import('./experiment_trial.ts'),
      import('./own_text_card.ts'),
    ]);
    this.findings = findings;
    this.list = experiments;
    this.requestUpdate();
  };

  /** One theme at a time: nobody reads fifty cards. What runs in the others goes on. */
  private renderThemes() {
    if (this.list.length === 0) return nothing;
    const themes = byTheme(this.list);
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
