// The guided tour: a card that drives the page, beside the part that it talks about. It blocks nothing, and can be left and taken up again.
import { html, nothing } from 'lit';
import type { App, Topic } from '../app.ts';
import { recall, remember } from '../memory.ts';
import { Panel } from '../panels/panel.ts';
import { sameSettings } from '../share/same_settings.ts';
import { tourStrings as words } from '../strings_tour.ts';
import { withTerms } from '../terms.ts';
import { OwnRun } from './own_run.ts';
import { bringIntoView, placeCard } from './place.ts';
import { settingsFor, type TourStep, tourSteps } from './steps.ts';
import './tour.css';

export class TourPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];
  private index = 0;
  /** The step has what it waited for. */
  private there = false;
  /** Between steps nothing is awaited and nothing paused. */
  private busy = false;
  private left = false;
  private own: OwnRun | null = null;
  private readonly observer = new ResizeObserver(() => this.place());

  protected override render() {
    const { title } = this.step;
    return html`
      <div class="tour-ring" aria-hidden="true"></div>
      <section
        class="tour-card"
        role="dialog"
        aria-labelledby="tour-title"
        data-step=${this.left ? 'left' : this.step.id}
        data-there=${this.there}
        aria-busy=${this.busy}
        @keydown=${this.onKey}
      >
        <p class="caption">${words.label}, ${words.place(this.index + 1, tourSteps.length)}</p>
        <h2 id="tour-title" tabindex="-1">${this.left ? words.left_title : title}</h2>
        <p class="tour-text" role="status">${withTerms(this.text())}</p>
        <div class="tour-buttons">${this.left ? this.renderLeft() : this.renderButtons()}</div>
      </section>
    `;
  }

  private get step(): TourStep {
    return tourSteps[this.index];
  }

  private text(): string {
    const { app, step } = this;
    if (this.left) return words.left;
    if (this.there || !step.wait) return step.text(app);
    return app.status.finished && !this.busy ? words.never : step.wait;
  }

  private renderButtons() {
    const waits = !this.there && !this.busy && !this.app.status.finished;
    const last = this.index === tourSteps.length - 1;
    return html`
      <button id="tour-next" class="primary" @click=${waits ? this.onAhead : last ? this.onFinish : this.onNext}>
        ${waits ? words.ahead : last ? words.finish : words.next}
      </button>
      <button id="tour-back" ?disabled=${this.index === 0} @click=${this.onBack}>${words.back}</button>
      ${last && this.own ? html`<button id="tour-own" @click=${this.onOwn}>${words.own_run}</button>` : nothing}
      <button id="tour-skip" class="link" @click=${this.onSkip}>${words.skip}</button>
    `;
  }

  private renderLeft() {
    return html`
      <button id="tour-own" class="primary" @click=${this.onOwn}>${words.own_run}</button>
      <button id="tour-stay" @click=${this.close}>${words.stay}</button>
    `;
  }

  /** Takes the tour up where it was left. */
  async begin(): Promise<void> {
    const kept = Number(recall('tour'));
    const at = Number.isInteger(kept) && kept > 0 && kept < tourSteps.length - 1 ? kept : 0;
    this.own = await OwnRun.of(this.app, settingsFor(this.app, 'two'));
    this.observer.observe(document.body);
    addEventListener('resize', this.place);
    await this.go(at);
  }

  /** Not while one turns already. */
  private async turn(index: number): Promise<void> {
    if (!this.busy) await this.go(index);
  }

  private async go(index: number): Promise<void> {
    this.busy = true;
    if (this.index !== index) await this.step.leave?.(this.app);
    this.index = index;
    this.there = false;
    remember('tour', index === tourSteps.length - 1 ? 'done' : String(index));
    await this.ready();
    await this.step.enter?.(this.app);
    this.busy = false;
    this.there = this.step.reached?.(this.app) ?? true;
    if (!this.there) await this.watch('60');
    else if (this.step.reached) await this.app.pause();
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector<HTMLElement>('#tour-title')?.focus({ preventScroll: true });
    this.place();
    bringIntoView(this.card, this.anchor);
    this.place();
  }

  /** The run that the step needs: the one on show if it is that one, else a new one. */
  private async ready(): Promise<void> {
    const { app, step } = this;
    if (step.run === null) return;
    const wanted = settingsFor(app, step.run);
    const fits = !app.origin && sameSettings(wanted, app.settings) && (step.before?.(app) ?? true);
    if (!fits) await app.begin(wanted);
  }

  private async watch(speed: string): Promise<void> {
    await this.app.setSpeed(speed);
    if (!this.app.status.playing) await this.app.play();
  }

  /** What was awaited has come: the model stands still, to be looked at. */
  private async arrive(): Promise<void> {
    this.there = true;
    await this.app.pause();
    await this.step.enter?.(this.app);
    this.requestUpdate();
    await this.updateComplete;
    this.place();
    bringIntoView(this.card, this.anchor);
    this.place();
  }

  override updated(): void {
    if (!this.busy && !this.left && !this.there && this.step.reached?.(this.app)) void this.arrive();
  }

  private get card(): HTMLElement {
    return this.querySelector<HTMLElement>('.tour-card') as HTMLElement;
  }

  private get anchor(): Element | null {
    return this.left ? null : document.querySelector(this.step.anchor(this.app));
  }

  private place = (): void => {
    const ring = this.querySelector<HTMLElement>('.tour-ring');
    if (ring) placeCard(this.card, ring, this.anchor);
  };

  private onNext = () => this.turn(this.index + 1);
  private onBack = () => this.turn(this.index - 1);
  private onAhead = () => this.watch('max');

  private onOwn = async (): Promise<void> => {
    await this.own?.bringBack(this.app);
    this.own = null;
    await this.close();
  };

  private onFinish = (): Promise<void> => this.close();

  /** Whoever had a run of their own is asked whether to go back to it. */
  private onSkip = async (): Promise<void> => {
    if (!this.own) return this.close();
    this.left = true;
    this.requestUpdate();
    await this.updateComplete;
    this.place();
    this.querySelector<HTMLElement>('#tour-title')?.focus();
  };

  private onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || document.querySelector(':popover-open')) return;
    event.preventDefault();
    void (this.left ? this.close() : this.onSkip());
  };

  private close = async (): Promise<void> => {
    await this.step.leave?.(this.app);
    this.observer.disconnect();
    removeEventListener('resize', this.place);
    this.remove();
    document.querySelector<HTMLElement>('#tour')?.focus();
  };
}

customElements.define('ip-tour', TourPanel);

/** One at a time; the button of a tour that is open leads back to its card. */
export async function openTour(app: App): Promise<void> {
  const open = document.querySelector<TourPanel>('ip-tour');
  if (open) {
    open.querySelector<HTMLElement>('#tour-title')?.focus();
    return;
  }
  const tour = Object.assign(document.createElement('ip-tour') as TourPanel, { app });
  document.querySelector('ip-page')?.append(tour);
  await tour.updateComplete;
  await tour.begin();
}
