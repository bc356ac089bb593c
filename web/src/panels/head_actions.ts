// What can be done to the head on show, what is held in the model, and what the last change cost.
import { html, nothing } from 'lit';
import type { Topic } from '../app.ts';
import { headName } from '../format.ts';
import { type Action, allAblated, headOf, heldOn, kAblations, kClamps, restored, teamOf } from '../held.ts';
import { strings } from '../strings.ts';
import { undoKey } from './head_keys.ts';
import { Panel } from './panel.ts';

export class HeadActionsPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];
  private line = '';
  /** The page, or the figure in an article that this is part of. */
  private root: Node | null = null;

  private get head(): string {
    const { layer, head } = this.app.head;
    return headName(layer, head);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.root = this.getRootNode();
    this.root.addEventListener('keydown', this.onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.root?.removeEventListener('keydown', this.onKey);
  }

  private onKey = (event: Event): void => undoKey(this.app, event as KeyboardEvent);

  protected override render() {
    return html`
      <section class="surgery" aria-labelledby="surgery-title">
        <div class="actions">
          <h3 id="surgery-title">${strings.break_title(this.head)}</h3>
          ${this.renderHead()} ${this.renderModel()}
        </div>
        ${this.renderOutcome()} ${this.renderHeld()} ${this.renderMore()}
      </section>
    `;
  }

  private renderHead() {
    const { head } = this;
    const { surgery } = this.app;
    const held = heldOn(surgery.held, head);
    const toggle = (id: string, on: boolean, words: string, name: string, help: string, action: Action) =>
      html`<button id=${id} aria-pressed=${on} aria-label=${name} title=${help} @click=${() => surgery.act(head, action)}>
        ${words}
      </button>`;
    return html`
      <span class="joined" role="group" aria-label=${strings.ablate}>
        <span aria-hidden="true">${strings.ablate}</span>
        ${kAblations.map((how) =>
          toggle(`ablate-${how}`, held.ablated === how, how, `${strings.ablate} ${how}`, strings.ablate_help[how], {
            do: 'ablate',
            how,
          }),
        )}
      </span>
      <span class="joined" role="group" aria-label=${strings.clamp}>
        <span aria-hidden="true">${strings.clamp}</span>
        ${kClamps.map((to) =>
          toggle(
            `clamp-${to}`,
            held.clamped === to,
            strings.clamp_to[to],
            `${strings.clamp} ${strings.clamp_to[to]}`,
            strings.clamp_help[to],
            { do: 'clamp', to },
          ),
        )}
      </span>
      ${toggle('freeze', held.frozen, strings.freeze, strings.freeze, strings.freeze_help, { do: 'freeze' })}
      ${this.renderButton(
        'restore',
        strings.restore,
        surgery.held.some((line) => headOf(line) === head),
        () => surgery.hold((lines) => restored(lines, head)),
      )}
    `;
  }

  private renderModel() {
    const { surgery, series } = this.app;
    const team = teamOf(series.latest);
    return html`
      ${this.renderButton(
        'team',
        strings.team(team.length),
        team.length > 0,
        () => surgery.hold((lines) => allAblated(lines, team)),
        strings.team_none,
      )}
      ${this.renderButton('undo', strings.undo, surgery.can_undo, () => surgery.undo())}
      ${this.renderButton('redo', strings.redo, surgery.can_redo, () => surgery.redo())}
    `;
  }

  /** Not `disabled`: that would drop the focus of who has just pressed it. */
  private renderButton(id: string, words: string, on: boolean, act: () => unknown, why = '') {
    return html`<button id=${id} aria-disabled=${!on} title=${on ? '' : why} @click=${() => on && act()}>${words}</button>`;
  }

  /** In one place, so that nothing below moves. The status region speaks it. */
  private renderOutcome() {
    const { effect, problem } = this.app.surgery;
    const told = effect ? strings.effect(effect, Number(this.app.config.d_vocab)) : '';
    return html`
      <div class="outcome">
        <p id="effect" class=${effect ? 'effect' : ''} role="status">${problem === null ? told : ''}</p>
        ${problem === null ? nothing : html`<p class="refused" role="alert" id="surgery-problem">${problem}</p>`}
        ${effect || problem !== null ? nothing : html`<p class="caption">${strings.no_effect}</p>`}
      </div>
    `;
  }

  private renderHeld() {
    const { surgery } = this.app;
    const lift = (line: string) => surgery.hold((lines) => lines.filter((other) => other !== line));
    if (surgery.held.length === 0) return html`<p class="held caption" id="held">${strings.nothing_held}</p>`;
    return html`
      <div class="held caption" id="held">
        <span>${strings.held_title}</span>
        <ul>
          ${surgery.held.map(
            (line) => html`<li data-line=${line}>
              ${strings.held_line(line)}
              <button class="quiet lift" aria-label=${strings.lift(line)} title=${strings.lift(line)} @click=${() => lift(line)}>✕</button>
            </li>`,
          )}
        </ul>
        ${surgery.held.length > 1 ? html`<button class="quiet" id="restore-all" @click=${() => surgery.hold(() => [])}>${strings.restore_all}</button>` : nothing}
      </div>
    `;
  }

  private renderMore() {
    const hold = (event: Event) => {
      event.preventDefault();
      const line = this.line.trim().replace(/\s+/g, ' ');
      if (line !== '') void this.app.surgery.hold((lines) => [...lines, line]);
    };
    const type = (event: Event) => {
      this.line = (event.target as HTMLInputElement).value;
    };
    const wrong = this.app.surgery.problem !== null;
    return html`
      <details class="more caption">
        <summary>${strings.keys_title}</summary>
        <dl class="keys">${strings.keys.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl>
        <form class="joined" @submit=${hold}>
          <label for="surgery-line">${strings.line_label}</label>
          <input
            id="surgery-line"
            type="text"
            spellcheck="false"
            autocomplete="off"
            autocapitalize="off"
            maxlength="200"
            placeholder=${strings.line_example}
            aria-invalid=${wrong}
            aria-describedby=${wrong ? 'surgery-problem' : 'surgery-line-help'}
            @input=${type}
          />
          <button id="surgery-hold">${strings.line_hold}</button>
        </form>
        <p class="help" id="surgery-line-help">${strings.line_help}</p>
      </details>
    `;
  }
}

customElements.define('ip-head-actions', HeadActionsPanel);
