// Sharing, saving and opening, in one panel below its button.
import { html, nothing } from 'lit';
import type { App, Topic } from '../app.ts';
import { Panel } from '../panels/panel.ts';
import { shareStrings as words } from '../strings_share.ts';
import { addressOf } from '../url.ts';
import { lastSession } from './last_panel.ts';
import { type Outcome, openFile, openTensors, openText, type Question } from './open.ts';
import { place, showBeside } from './popover.ts';
import { type Answers, type Asked, questions, readAnswers } from './questions.ts';
import { type Saved, saveFile } from './save_run.ts';
import './share.css';

const kFiles: readonly Saved[] = ['run', 'model', 'metrics', 'config'];

export class SharePanel extends Panel {
  protected readonly topics: readonly Topic[] = ['settings'];
  private copied: string | null = null;
  private outcome: Outcome | null = null;
  private answers: Answers = {};
  private missing: string | null = null;
  /** What is wrong is what was typed. */
  private pasted = false;

  protected override render() {
    return html`
      <div class="panel share-panel" id="share-panel" popover="auto" role="dialog" aria-labelledby="share-title">
        <div class="section-head">
          <h2 id="share-title">${words.title}</h2>
          <button class="quiet" id="share-close" @click=${() => this.panel.hidePopover()}>${words.close}</button>
        </div>
        ${this.renderLink()} ${this.renderFiles()} ${this.renderOpen()} ${lastSession(() => this.requestUpdate())}
      </div>
    `;
  }

  private get panel(): HTMLElement {
    return this.querySelector<HTMLElement>('.share-panel') as HTMLElement;
  }

  private renderLink() {
    const { origin, config } = this.app;
    const own = config.task === 'text' || config.task === 'tokens';
    const lacks = own ? 'data' : origin && !origin.in_address ? origin.what : null;
    return html`
      <section>
        <h3>${words.link}</h3>
        <p>
          <button id="copy-link" data-first @click=${this.onCopy}>${words.copy}</button>
          <span role="status" id="copied">${this.copied ?? ''}</span>
        </p>
        <p class="help">${lacks ? words.link_lacks[lacks] : words.link_help}</p>
      </section>
    `;
  }

  private renderFiles() {
    return html`
      <section>
        <h3>${words.save}</h3>
        <ul>
          ${kFiles.map((kind) => {
            const { name, help } = words.files[kind];
            return html`<li>
              <button id="save-${kind}" aria-describedby="save-${kind}-help" @click=${() => saveFile(this.app, kind)}>${name}</button>
              <span class="help" id="save-${kind}-help">${help}</span>
            </li>`;
          })}
        </ul>
        <p class="help">${words.figures_help}</p>
      </section>
    `;
  }

  private renderOpen() {
    const problem = this.outcome && 'problem' in this.outcome ? this.outcome.problem : this.missing;
    const asked = this.outcome && 'question' in this.outcome ? this.outcome.question : null;
    return html`
      <section>
        <h3>${words.open}</h3>
        <label for="open-file">${words.open_file}</label>
        <input id="open-file" type="file" aria-describedby=${problem ? 'open-problem' : nothing} @change=${this.onFile} />
        <label for="open-text">${words.open_paste}</label>
        <div class="paste">
          <textarea id="open-text" rows="2" spellcheck="false" aria-invalid=${problem && this.pasted ? 'true' : 'false'} aria-describedby=${problem ? 'open-problem' : nothing}></textarea>
          <button id="open-go" @click=${this.onPaste}>${words.open_button}</button>
        </div>
        ${asked ? questions(asked, this.answers, this.onAnswer, () => this.onAnswered(asked)) : nothing}
        ${problem ? html`<p class="refused" role="alert" id="open-problem">${problem}</p>` : nothing}
        <p role="status" id="open-done">${this.outcome && 'done' in this.outcome ? this.outcome.done : nothing}</p>
        <p class="help">${words.open_help}</p>
      </section>
    `;
  }

  /** Says what became of something that was dropped or pasted on the page. */
  async tell(outcome: Promise<Outcome>, pasted = false): Promise<void> {
    this.outcome = await outcome;
    this.pasted = pasted;
    this.missing = null;
    this.answers = {};
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector('#open-problem, .questions, #open-done')?.scrollIntoView({ block: 'nearest' });
  }

  private onCopy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(addressOf(this.app.settings));
      this.copied = words.copied;
    } catch {
      this.copied = words.copy_failed;
    }
    this.requestUpdate();
  };

  private onFile = async (event: Event): Promise<void> => {
    const input = event.target as HTMLInputElement;
    const file = input.files?.[0];
    if (file) await this.tell(openFile(this.app, file));
    // The same file may be chosen again.
    input.value = '';
  };

  private onPaste = (): Promise<void> =>
    this.tell(openText(this.app, this.querySelector<HTMLTextAreaElement>('#open-text')?.value ?? ''), true);

  private onAnswer = (name: Asked, value: string): void => {
    this.answers = { ...this.answers, [name]: value };
    this.requestUpdate();
  };

  private onAnswered = async ({ name, bytes, facts }: Question): Promise<void> => {
    const read = readAnswers(facts, this.answers);
    this.missing = 'problem' in read ? read.problem : null;
    if ('problem' in read) this.requestUpdate();
    else await this.tell(openTensors(this.app, name, bytes, read.knobs));
  };

  override updated(): void {
    if (this.panel.matches(':popover-open')) place(this.panel, document.querySelector<HTMLElement>('#share') ?? this);
  }
}

customElements.define('ip-share', SharePanel);

/** Made once, below the header. */
export async function openShare(app: App, button: HTMLElement): Promise<SharePanel> {
  let share = document.querySelector<SharePanel>('ip-share');
  if (!share) {
    share = Object.assign(document.createElement('ip-share') as SharePanel, { app });
    document.querySelector('ip-header')?.append(share);
    await share.updateComplete;
  }
  const panel = share.querySelector<HTMLElement>('.share-panel');
  // What is kept in the browser may have changed meanwhile.
  share.requestUpdate();
  if (panel && !panel.matches(':popover-open')) showBeside(panel, button);
  return share;
}
