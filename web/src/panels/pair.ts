// Two runs side by side: the page's, A, and a second one, B, which follows it step by step.
import { html, nothing } from 'lit';
import type { App, Topic } from '../app.ts';
import { effectiveCourse } from '../changes.ts';
import { dataOf } from '../own_data.ts';
import { Second } from '../pair/second.ts';
import { encodeSecond, readSecond } from '../pair/second_address.ts';
import { tellPair } from '../pair/tell.ts';
import { spawnSide } from '../pool/spawn.ts';
import type { Settings } from '../state.ts';
import { pairStrings as words } from '../strings_pair.ts';
import './pair_choice.ts';
import './pair_curves.ts';
import './pair_differences.ts';
import './pair_heads.ts';
import { Panel } from './panel.ts';
import '../styles/pair.css';

/** Pictures come so far apart at most, in ms: full ones, and with reduced motion. */
const kInterval = [100, 1000];

export class PairPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['settings'];
  private readonly second = new Second(spawnSide, () => this.refresh());
  /** B's settings, read from the address; null while there is no B. */
  private settings: Settings | null = null;
  /** What was read last. */
  private address: string | null = null;
  private problems: string[] = [];
  /** Counts pictures: the parts of this panel are given the same objects every time. */
  private tick = 0;
  private drawing: ReturnType<typeof setTimeout> | undefined;
  private unlisten: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.closest('details')?.addEventListener('toggle', this.onToggle);
    this.unlisten = this.app.listen((topic) => {
      if (topic !== 'select') void this.follow();
      if (topic === 'frame' && this.settings) this.refresh();
    });
    void this.follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.closest('details')?.removeEventListener('toggle', this.onToggle);
    this.unlisten?.();
    this.leave();
  }

  private onToggle = (): void => {
    if (this.open) void this.follow();
    else this.leave();
  };

  private get open(): boolean {
    return this.closest('details')?.open ?? true;
  }

  /** A closed section computes nothing; opened again, B catches up. */
  private leave(): void {
    this.second.close();
    this.address = null;
  }

  /** After everything that happens to A: is B another one, and where should it be? */
  private async follow(): Promise<void> {
    if (!this.open) return;
    const { b } = this.app.settings;
    if (b !== this.address) {
      this.address = b;
      await this.read(b);
    }
    if (this.settings) this.second.follow(this.app.status.step, this.sequence());
  }

  private async read(b: string | null): Promise<void> {
    const { client, schema } = this.app;
    const read = b === null ? { settings: null, problems: [] } : await readSecond(client, schema, b);
    // Another address came meanwhile.
    if (b !== this.address) return;
    this.settings = read.settings;
    this.problems = read.problems;
    if (b !== null && !read.settings) this.problems.push(words.b_unusable);
    this.requestUpdate();
    if (!read.settings) return this.second.close();
    await this.second.open({ course: effectiveCourse(schema, read.settings), data: dataOf(schema, read.settings) });
  }

  /** The page's sequence, where B knows the same tokens and has room for them. */
  private sequence(): number[] | null {
    const { run } = this.second;
    const { run: a } = this.app;
    if (!run) return null;
    const labels = JSON.stringify(run.task.labels) === JSON.stringify(a.task.labels);
    const fits = a.tokens.length <= Number(run.config.n_ctx);
    return labels && fits && run.config.d_vocab === a.config.d_vocab ? a.tokens : null;
  }

  private refresh(): void {
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches && this.app.status.playing;
    this.drawing ??= setTimeout(
      () => {
        this.drawing = undefined;
        this.requestUpdate();
      },
      kInterval[calm ? 1 : 0],
    );
  }

  protected override willUpdate(): void {
    this.tick++;
  }

  protected override render() {
    const { app, settings, second } = this;
    return html`
      <p class="caption lead">${words.help}</p>
      <ip-pair-choice .app=${app} .settings=${settings} .choose=${this.choose}></ip-pair-choice>
      ${this.problems.map((problem) => html`<p class="refused" role="alert" data-problem>${problem}</p>`)}
      ${second.problem === null ? nothing : html`<p class="refused" role="alert" id="pair-problem">${words.b_failed(second.problem)}</p>`}
      ${settings ? this.renderBoth(settings) : nothing}
    `;
  }

  private renderBoth(settings: Settings) {
    const { app, second } = this;
    return html`
      ${second.run ? this.renderSentence() : second.problem === null ? html`<p class="caption">${words.loading}</p>` : nothing}
      <ip-pair-differences .app=${app} .settings=${settings} .choose=${this.choose}></ip-pair-differences>
      ${
        second.run
          ? html`
              <ip-pair-curves .app=${app} .second=${second} .tick=${this.tick}></ip-pair-curves>
              <ip-pair-heads .app=${app} .second=${second} .same=${this.sequence() !== null} .tick=${this.tick}></ip-pair-heads>
            `
          : nothing
      }
    `;
  }

  private renderSentence() {
    const { second, app } = this;
    const { step } = app.status;
    const told = tellPair({ a: app.series, b: second.series, step_a: step, step_b: second.step });
    return html`
      <p class="verdict" id="pair-sentence">${told}</p>
      <p class="caption" id="pair-place" data-a=${step} data-b=${second.step}>${words.place(step, second.step)}</p>
      ${second.stopped === null ? nothing : html`<p class="refused" role="alert">${words.b_stopped(second.stopped)}</p>`}
      <p class="pair-orders">
        <button id="pair-swap" title=${words.swap_help} @click=${() => swap(app, this.settings)}>${words.swap}</button>
        <button id="pair-open" @click=${() => makeA(app, this.settings)}>${words.open_b}</button>
        <button id="pair-end" @click=${() => this.choose(null)}>${words.end}</button>
      </p>
    `;
  }

  /** B's settings become a part of the address; everything else follows from it. */
  private choose = (settings: Settings | null): void => {
    const { schema } = this.app;
    this.app.setView({ b: settings && encodeSecond(schema, settings) });
  };

  /** What tests may ask. */
  signature(): Promise<{ step: number; signature: string }> {
    return this.second.signature();
  }
}

function swap(app: App, b: Settings | null): void {
  if (b) void app.begin({ ...app.settings, ...runOf(b), b: encodeSecond(app.schema, app.settings) });
}

function makeA(app: App, b: Settings | null): void {
  if (b) void app.begin({ ...app.settings, ...runOf(b), b: null });
}

/** Without how it is looked at. */
function runOf({ preset, knobs, changes }: Settings): Partial<Settings> {
  return { preset, knobs, changes, prompt: null, head: null };
}

customElements.define('ip-pair', PairPanel);
