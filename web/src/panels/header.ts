// The title, and what is always within reach: sharing, the tour, the colours. Below it, in one line, an offer to those who have just come.
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { lastRun } from '../last_run.ts';
import { recall, remember } from '../memory.ts';
import { strings } from '../strings.ts';
import { currentTheme, nextTheme, onTheme } from '../theme.ts';
import { Panel } from './panel.ts';

type Offer = 'last' | 'tour' | null;

export class HeaderPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['settings'];
  private offer: Offer = null;
  /** Of the run that the page began with: when another one begins, the offer of the last one is over. */
  private first: unknown = null;
  private problem = '';

  /** Decided before anything is drawn, so that nothing moves. */
  override connectedCallback(): void {
    super.connectedCallback();
    if (location.hash.length < 2 && lastRun()) this.offer = 'last';
    else if (recall('tour') === null) this.offer = 'tour';
    this.first = this.app.config;
    onTheme(() => this.requestUpdate());
  }

  override firstUpdated(): void {
    void this.load(async () => (await import('../share/begin.ts')).begin(this.app));
  }

  protected override render() {
    return html`
      <header class="top">
        <h1>${strings.title}</h1>
        <button class="quiet" id="share" aria-haspopup="dialog" @click=${this.onShare}>${strings.share}</button>
        <button class="quiet" id="tour" @click=${this.onTour}>${strings.tour}</button>
        <button class="quiet" id="theme" @click=${nextTheme}>${strings.colours}<span class="theme-name">: ${strings.theme[currentTheme()]}</span></button>
      </header>
      ${this.problem === '' ? nothing : html`<p class="refused" role="alert">${this.problem}</p>`} ${this.renderOffer()}
    `;
  }

  private renderOffer() {
    const last = lastRun();
    if (this.offer === 'last' && last && this.app.config === this.first)
      return html`
        <aside class="offer" id="offer-last" aria-label=${strings.offer}>
          <span>${strings.offer_last(last.step, last.what)}</span>
          <button class="link" id="take-last" @click=${this.onLast}>${strings.take_last}</button>
          <button class="link" id="forget-last" @click=${this.onForget}>${strings.forget_last}</button>
        </aside>
      `;
    if (this.offer !== 'tour') return nothing;
    return html`
      <aside class="offer" id="offer-tour" aria-label=${strings.offer}>
        <span>${strings.offer_tour}</span>
        <button class="link" id="take-tour" @click=${this.onTour}>${strings.take_tour}</button>
        <button class="link" id="no-tour" @click=${this.onNoTour}>${strings.no_tour}</button>
      </aside>
    `;
  }

  private close(offer: Offer = null): void {
    this.offer = offer;
    this.requestUpdate();
  }

  private onShare = (event: Event) => {
    const button = event.currentTarget as HTMLElement;
    return this.load(async () => (await import('../share/dialog.ts')).openShare(this.app, button));
  };

  private onTour = () => {
    if (this.offer === 'tour') this.close();
    return this.load(async () => (await import('../tour/tour.ts')).openTour(this.app));
  };

  private onNoTour = (): void => {
    remember('tour', 'declined');
    this.close();
    this.querySelector<HTMLElement>('#tour')?.focus();
  };

  private onLast = () =>
    this.load(async () => {
      const { goOn } = await import('../share/kept_run.ts');
      const problem = await goOn(this.app);
      this.problem = problem ?? '';
      this.close();
    });

  private onForget = () =>
    this.load(async () => {
      await (await import('../share/kept_run.ts')).forget();
      this.close();
      this.querySelector<HTMLElement>('#share')?.focus();
    });

  /** Parts that come on demand may fail to come. */
  private async load(part: () => Promise<unknown>): Promise<void> {
    try {
      await part();
    } catch (error) {
      this.problem = strings.part_failed;
      this.requestUpdate();
      // Also for whoever looks for the cause.
      console.warn(error);
    }
  }
}

customElements.define('ip-header', HeaderPanel);
