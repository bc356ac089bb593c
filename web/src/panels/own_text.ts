// The reader's own text: pasted, chosen or dropped.
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { readFile, trainOn } from '../own_data.ts';
import { strings } from '../strings.ts';
import { Panel } from './panel.ts';

export class OwnTextPanel extends Panel {
  protected readonly topics: readonly Topic[] = [];
  private problem: string | null = null;
  private vocabulary = 'character';

  protected override render() {
    const options = this.app.schema.knobs.find(({ name }) => name === 'vocabulary')?.options ?? [];
    return html`
      <details class="group own-text" @dragover=${(event: DragEvent) => event.preventDefault()} @drop=${this.onDrop}>
        <summary>${strings.own_text}</summary>
        <label for="own-text">${strings.own_text_paste}</label>
        <textarea
          id="own-text"
          rows="5"
          spellcheck="false"
          aria-invalid=${this.problem ? 'true' : 'false'}
          aria-describedby=${this.problem ? 'own-text-problem own-text-note' : 'own-text-note'}
        ></textarea>
        ${this.problem ? html`<p class="refused" role="alert" id="own-text-problem">${this.problem}</p>` : nothing}
        <div class="own-text-row">
          <label for="own-text-vocabulary">${strings.own_text_vocabulary}</label>
          <select
            id="own-text-vocabulary"
            @change=${(event: Event) => {
              this.vocabulary = (event.target as HTMLSelectElement).value;
            }}
          >
            ${options.map((option) => html`<option value=${option} .selected=${option === this.vocabulary}>${option}</option>`)}
          </select>
          <button id="own-text-train" @click=${this.onPaste}>${strings.own_text_train}</button>
        </div>
        <label for="own-text-file">${strings.own_text_file}</label>
        <input id="own-text-file" type="file" accept=".txt,.md,.json,.npy,text/*" @change=${this.onChoose} />
        <p class="help" id="own-text-note">${strings.own_text_note}</p>
      </details>
    `;
  }

  private onPaste = (): Promise<void> =>
    this.train(this.querySelector<HTMLTextAreaElement>('#own-text')?.value ?? '', strings.own_text_pasted);

  private onChoose = (event: Event): Promise<void> => this.take((event.target as HTMLInputElement).files);

  private onDrop = (event: DragEvent): Promise<void> => {
    event.preventDefault();
    return this.take(event.dataTransfer?.files ?? null);
  };

  private async take(files: FileList | null): Promise<void> {
    const file = files?.[0];
    if (!file) return;
    const data = await readFile(file);
    if (typeof data === 'string') this.say(data);
    else await this.train(data, file.name);
  }

  private async train(data: Uint8Array<ArrayBuffer> | string, name: string): Promise<void> {
    this.say(await trainOn(this.app, data, name, this.vocabulary));
  }

  private say(problem: string | null): void {
    this.problem = problem;
    this.requestUpdate();
  }
}

customElements.define('ip-own-text', OwnTextPanel);
