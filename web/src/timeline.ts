// The page's hand on the run's past: where it looks, what came off it, and what a change does there.
import type { Config, KnobValue, Schema } from '@core/loader.mjs';
import { BranchNames } from './branch_names.ts';
import { effectiveCourse, withChange } from './changes.ts';
import type { Client } from './client.ts';
import { type BranchFacts, type Frame, kNoPast, kNoTree, type Status } from './protocol.ts';
import type { Refusals } from './refusals.ts';
import { Seeker } from './seeker.ts';
import type { Series } from './series.ts';
import type { Settings } from './state.ts';
import type { Surgery } from './surgery.ts';

/** What of the App it needs. */
interface Owner {
  readonly client: Client;
  readonly schema: Schema;
  readonly config: Config;
  readonly refused: Refusals;
  readonly surgery: Pick<Surgery, 'told'>;
  settings: Settings;
  series: Series;
  status: Status;
  setStatus(status: Status): void;
  play(): Promise<void>;
  setView(part: Partial<Settings>): void;
  tell(topic: 'settings' | 'frame'): void;
  fail(sentence: string): void;
  poke(): void;
}

interface Known {
  series: Series;
  settings: Settings;
}

export class Timeline {
  facts = kNoPast;
  tree = kNoTree;
  /** The next setting that is changed begins a fork, also one that would begin a new run. */
  armed = false;
  /** The fork that has just been made, until it is put away. */
  fresh: BranchFacts | null = null;
  /** The step of the address, on the way there. */
  destination: number | null = null;
  known = new Map<number, Known>();
  names = new BranchNames();
  private readonly seeker = new Seeker(
    async (step, exact) => {
      await this.call(this.owner.client.call('seek', { step, exact }));
      return this.step;
    },
    (step) => this.note(step),
  );

  constructor(private readonly owner: Owner) {}

  get back(): boolean {
    return this.facts.back;
  }

  get step(): number {
    return this.owner.status.step;
  }

  /** The step that was last asked for. */
  get aim(): number {
    return this.seeker.aim(this.step, this.facts.goal);
  }

  get frontier(): number {
    return Math.max(this.facts.frontier, this.facts.back ? 0 : this.step);
  }

  /** Of all branches. */
  get furthest(): number {
    return Math.max(this.frontier, ...this.tree.branches.map(({ frontier }) => frontier));
  }

  /** The branch on show. */
  get branch(): BranchFacts | null {
    return this.tree.branches.find(({ id }) => id === this.facts.branch) ?? null;
  }

  name(branch: BranchFacts): string {
    return this.names.of(branch, this.known.get(branch.id)?.settings.changes ?? []);
  }

  rename(branch: number, name: string): void {
    this.names.give(branch, name);
    this.owner.tell('settings');
  }

  /** Another run is open. */
  open(): void {
    this.facts = kNoPast;
    this.tree = kNoTree;
    this.known = new Map();
    this.names = new BranchNames();
    this.armed = false;
    this.fresh = null;
    this.seeker.forget();
  }

  /** Before the App takes the rest of the frame: its records belong to a branch. */
  take({ past, records, step, playing }: Frame): void {
    const { owner } = this;
    if (past.tree) this.tree = past.tree;
    if (past.branch !== this.facts.branch) this.turn(past.branch);
    this.facts = past;
    const { series } = owner;
    series.rewind(past.frontier);
    for (const record of records) series.add(owner.surgery.told(record));
    series.playhead = past.back ? step : Number.POSITIVE_INFINITY;
    this.known.set(past.branch, { series, settings: owner.settings });
    if (past.goal !== null) owner.poke();
    if (playing) this.seeker.leave();
    if (playing && this.destination === null && owner.settings.step !== null) owner.setView({ step: null });
  }

  /** Another branch is on show; one that is not known yet has just come off the last one. */
  private turn(id: number): void {
    const { owner } = this;
    const known = this.known.get(id);
    const branch = this.tree.branches.find((each) => each.id === id);
    this.fresh = null;
    for (const each of this.known.keys())
      if (!this.tree.branches.some((one) => one.id === each)) this.known.delete(each);
    if (known) {
      owner.series = known.series;
      owner.setView({ ...known.settings, ...viewOf(owner.settings) });
    } else if (branch && branch.parent !== null) {
      owner.series = owner.series.until(branch.from);
      this.fresh = branch;
      this.armed = false;
      owner.setView({ step: null });
    }
    owner.tell('settings');
  }

  /** Shows a step. Only the last one that was asked for counts. */
  seek(step: number, exact: boolean): Promise<void> {
    return this.seeker.go(Math.max(0, Math.min(Math.round(step), this.frontier)), exact);
  }

  /** An address that is copied here leads here. */
  private note(step: number): void {
    const at = step < this.frontier ? step : null;
    if (this.owner.settings.step !== at) this.owner.setView({ step: at });
  }

  now(): Promise<void> {
    return this.seek(this.frontier, true);
  }

  /** One step back or forth; forth from the furthest one it is a new one. */
  async move(steps: number): Promise<void> {
    const to = this.aim + steps;
    if (to <= this.frontier) await this.seek(to, true);
    else await this.call(this.owner.client.call('advance', { steps }));
  }

  /** Where the address names a step: to it at full speed, then rest. false: it names none. */
  async opened(): Promise<boolean> {
    const { step } = this.owner.settings;
    if (step === null) return false;
    if (step > 0) await this.openAt(step);
    return true;
  }

  private async openAt(step: number): Promise<void> {
    this.destination = step;
    this.owner.tell('settings');
    await this.call(this.owner.client.call('advance', { steps: step }));
    this.destination = null;
    this.owner.setView({ step: this.step === step ? step : null });
  }

  arm(armed: boolean): void {
    this.armed = armed;
    this.owner.tell('settings');
  }

  /** Is a knob that needs a new run to be changed by a fork? */
  get forks(): boolean {
    return this.facts.possible && (this.armed || this.back);
  }

  /** A knob that makes a fork here. false: it is to be set as ever. */
  async takes(name: string, value: KnobValue, text: string): Promise<boolean> {
    const { refused, config } = this.owner;
    if (!this.forks) return false;
    try {
      await this.fork({ [name]: value });
      refused.delete(name);
    } catch (error) {
      // What no run can change on its way begins a new one, unless a fork was asked for.
      if (!this.armed) return false;
      refused.take(error, name, text, config);
    }
    this.owner.tell('settings');
    return true;
  }

  /** Other knobs from the step on show on. Throws CallError when the core refuses. */
  private async fork(knobs: Partial<Config>): Promise<void> {
    const { owner } = this;
    const { playing } = owner.status;
    // The worker is ahead of what the page shows.
    const { step: at } = await owner.client.call('pause', null);
    const settings = withChange(owner.schema, owner.settings, at, { knobs });
    const course = effectiveCourse(owner.schema, settings);
    try {
      const status = await owner.client.call('fork', { knobs, course });
      owner.setView({ ...settings, step: null });
      owner.setStatus(status);
    } finally {
      if (playing) await owner.play();
    }
  }

  async select(branch: number, step: number | null = null): Promise<void> {
    await this.call(this.owner.client.call('select', { branch, step }));
  }

  async undo(): Promise<void> {
    this.fresh = null;
    await this.call(this.owner.client.call('undo_fork', null));
  }

  dismiss(): void {
    this.fresh = null;
    this.owner.tell('settings');
  }

  private async call(answer: Promise<Status>): Promise<void> {
    try {
      const status = await answer;
      // Scores and story at once, the maps with the next picture.
      this.owner.series.playhead = status.step < this.frontier ? status.step : Number.POSITIVE_INFINITY;
      this.owner.setStatus(status);
    } catch (error) {
      this.owner.fail(error instanceof Error ? error.message : String(error));
    }
  }
}

/** What the reader looks at stays when the branch is another one. */
function viewOf({ prompt, head, speed, engine, targets, b }: Settings): Partial<Settings> {
  return { prompt, head, speed, engine, targets, b, step: null };
}
