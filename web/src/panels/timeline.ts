// The timeline under the page: the step on show, what happened when, the forks, and which states are kept.
import { html, nothing, svg } from 'lit';
import type { Topic } from '../app.ts';
import { axisEnd } from '../axis.ts';
import { dragAlong } from '../charts/drag.ts';
import type { BranchFacts, PastTree } from '../protocol.ts';
import { timelineStrings as words } from '../strings_timeline.ts';
import { Panel } from './panel.ts';
import { branchesOf } from './timeline_branches.ts';
import { describeStep, moveFor, startKeys } from './timeline_keys.ts';
import { type Lane, lanesOf } from './timeline_lanes.ts';

/** A pointer this near to a branch's line, in px, means it. */
const kNear = 5;

export class TimelinePanel extends Panel {
  protected readonly topics: readonly Topic[] = ['frame', 'settings'];
  private drawn: { tree: PastTree; ticks: string; lanes: Lane[] } | null = null;
  private open = false;
  /** The branch that is being given a name. */
  private naming: number | null = null;
  /** The pointer went down on a branch's line, not on the axis. */
  private on_lane = false;
  private stopKeys: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.setAttribute('role', 'region');
    this.setAttribute('aria-label', words.name);
    this.stopKeys = startKeys(this.app, this.getRootNode());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stopKeys?.();
  }

  override firstUpdated(): void {
    this.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape' || !this.open) return;
      this.show(false);
      this.querySelector<HTMLElement>('#time-more')?.focus();
    });
    const rail = this.querySelector<HTMLElement>('.rail');
    if (rail) dragAlong(rail, (event, rest) => this.onDrag(event, rest), { eager: true });
  }

  private get end(): number {
    return axisEnd(this.app.timeline.furthest, this.app.run.end);
  }

  protected override render() {
    const { timeline, status } = this.app;
    const n = timeline.tree.branches.length;
    const toggle = () => (status.playing ? this.app.pause() : this.app.play());
    return html`
      ${this.renderNotice()} ${this.open ? this.renderMore() : nothing}
      <div class="timeline">
        <button id="time-back" aria-label=${words.step_back} title=${words.step_back} aria-disabled=${!timeline.facts.possible || timeline.step === 0} @click=${() => timeline.move(-1)}>‹</button>
        <button id="time-play" aria-label=${status.playing ? words.pause : words.play} @click=${toggle}>${status.playing ? '❚❚' : '▶'}</button>
        <button id="time-on" aria-label=${words.step_on} title=${words.step_on} @click=${() => timeline.move(1)}>›</button>
        ${this.renderTrack()}
        <span class="time-step" aria-hidden="true">${words.at(timeline.step)}<small>${timeline.back ? words.of(timeline.frontier) : ''}</small></span>
        <button id="time-now" aria-label=${words.now} title=${words.now_help(timeline.frontier)} aria-disabled=${!timeline.back} @click=${() => timeline.now()}>${both(words.now, '⇥')}</button>
        <button id="time-fork" title=${words.fork_help} aria-pressed=${timeline.armed} ?disabled=${!timeline.facts.possible} @click=${() => timeline.arm(!timeline.armed)}>${words.fork_here}</button>
        <button id="time-more" aria-expanded=${this.open} aria-label=${words.branches_help(n)} @click=${() => this.show(!this.open)}>${both(words.branches(n), n)}</button>
      </div>
    `;
  }

  private renderTrack() {
    const { timeline, series } = this.app;
    const { end } = this;
    const share = (step: number) => `${(100 * Math.min(1, step / end)).toFixed(3)}%`;
    const { ticks, lanes } = this.drawing();
    return html`
      <div class="track">
        <div
          class="rail"
          id="time-rail"
          role="slider"
          tabindex="0"
          aria-label=${words.slider}
          aria-orientation="horizontal"
          aria-valuemin="0"
          aria-valuemax=${timeline.frontier}
          aria-valuenow=${timeline.step}
          aria-valuetext=${describeStep(timeline.step, series.all_onsets)}
          aria-disabled=${!timeline.facts.possible}
          @keydown=${this.onKey}
        >
          <svg viewBox="0 0 ${end} 100" preserveAspectRatio="none" aria-hidden="true">
            <path class="ticks" d=${ticks} />
            ${lanes.map(({ branch, path }) => svg`<path class="lane" data-branch=${branch.id} d=${path} />`)}
          </svg>
          <span class="line"></span>
          <span class="done" style="width:${share(timeline.frontier)}"></span>
          ${this.app.settings.changes.map(({ at }) => html`<span class="change" style="left:${share(at)}">◆</span>`)}
          ${series.all_onsets.map(
            ({ kind, step }) =>
              html`<span class="onset" style="left:${share(step)}">${kind === 'induction' ? '↻' : '←'}</span>`,
          )}
          <span class="thumb" style="left:${share(timeline.step)}"></span>
        </div>
      </div>
    `;
  }

  /** What seldom changes is worked out when it does. */
  private drawing() {
    const { timeline } = this.app;
    const { tree } = timeline;
    if (this.drawn?.tree === tree) return this.drawn;
    const ticks = tree.kept.map((step) => `M${step} 62V70`).join('');
    this.drawn = { tree, ticks, lanes: lanesOf(tree.branches, timeline.facts.branch) };
    return this.drawn;
  }

  /** What has just been forked, what is awaited, where one is: one line above the bar, which is there for those who hear it. */
  private renderNotice() {
    const { text, buttons, heard } = this.notice();
    return html`
      <div class=${text ? 'time-notice' : 'hidden'}>
        <p role=${heard ? 'status' : nothing}>${text}</p>
        ${buttons}
      </div>
    `;
  }

  private notice(): { text: string; buttons: unknown; heard: boolean } {
    const { timeline } = this.app;
    const { fresh, armed, destination, facts, step } = timeline;
    const button = (id: string, label: string, act: () => unknown) =>
      html`<button class="quiet" id=${id} @click=${act}>${label}</button>`;
    const cancel = button('time-cancel', words.cancel, () => timeline.arm(false));
    if (armed) return { text: words.armed(step), buttons: cancel, heard: true };
    if (fresh) {
      const undo = button('time-undo', words.undo, () => timeline.undo());
      const dismiss = button('time-dismiss', words.dismiss, () => timeline.dismiss());
      return { text: words.forked(timeline.name(fresh)), buttons: [undo, dismiss], heard: true };
    }
    if (destination !== null) {
      const bar = html`<progress max=${destination} .value=${step} aria-hidden="true"></progress>`;
      return { text: words.on_the_way(step, destination), buttons: bar, heard: false };
    }
    return { text: facts.goal === null ? '' : words.refining(facts.goal), buttons: nothing, heard: true };
  }

  private renderMore() {
    const { timeline } = this.app;
    const arm = () => {
      timeline.arm(!timeline.armed);
      // Its sentence stands where the panel was.
      this.show(false);
    };
    return branchesOf({
      timeline,
      naming: this.naming,
      choose: (branch) => this.choose(branch),
      arm,
      begin: (branch) => void this.beginNaming(branch),
      end: (name) => void this.endNaming(name),
    });
  }

  private async beginNaming(branch: number): Promise<void> {
    this.naming = branch;
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector<HTMLInputElement>('#branch-name')?.select();
  }

  /** Leaving the field ends it too, once it has ended by a key: then there is nothing to do. */
  private async endNaming(name: string | null): Promise<void> {
    const { naming } = this;
    if (naming === null) return;
    const { timeline } = this.app;
    const branch = timeline.tree.branches.find(({ id }) => id === naming);
    const by_key = document.activeElement?.id === 'branch-name';
    this.naming = null;
    // Unchanged it stays a name that follows what the branch is.
    if (branch && name !== null && name !== timeline.name(branch)) timeline.rename(naming, name);
    this.requestUpdate();
    await this.updateComplete;
    if (by_key) this.querySelector<HTMLElement>(`[data-rename="${naming}"]`)?.focus();
  }

  private show(open: boolean): void {
    this.open = open;
    this.requestUpdate();
  }

  private choose({ id }: BranchFacts): void {
    if (id !== this.app.timeline.facts.branch) void this.app.timeline.select(id);
  }

  private onDrag(event: PointerEvent, rest: boolean): void {
    const rail = this.querySelector('.rail');
    if (!rail || !this.app.timeline.facts.possible) return;
    const { left, top, width, height } = rail.getBoundingClientRect();
    const step = (this.end * Math.max(0, Math.min(width, event.clientX - left))) / width;
    const y = (100 * (event.clientY - top)) / height;
    const lane = this.drawing().lanes.find(
      ({ branch, start, at }) => Math.abs(at - y) * height < 100 * kNear && step >= start && step <= branch.frontier,
    );
    if (event.type === 'pointerdown') this.on_lane = lane !== undefined;
    if (event.type === 'pointerdown' && lane) this.choose(lane.branch);
    if (!this.on_lane) void this.app.timeline.seek(step, rest);
  }

  private onKey = (event: KeyboardEvent): void => {
    const { timeline, config } = this.app;
    const to = moveFor(event, timeline, Number(config.probe_every));
    if (to === null) return;
    event.preventDefault();
    void timeline.seek(to, true);
  };
}

/** A label where there is room, a sign where there is none. */
function both(long: string, short: string | number) {
  return html`<span class="long">${long}</span><span class="short">${short}</span>`;
}

customElements.define('ip-timeline', TimelinePanel);
