// Breaking the model while it runs: what is held in it, what the last change did, and the way back.
import type { ProbeRecord, Schema } from '@core/loader.mjs';
import { heldAt, withChange } from './changes.ts';
import { CallError, type Client } from './client.ts';
import { headName } from './format.ts';
import { type Action, ablatedHeads, toggled } from './held.ts';
import type { InForce } from './protocol.ts';
import type { Series } from './series.ts';
import type { Settings } from './state.ts';
import { strings } from './strings.ts';

/** What of the App it needs. */
interface Owner {
  client: Client;
  schema: Schema;
  settings: Settings;
  series: Series;
  readonly timeline: { back: boolean };
  inForce(now: InForce): void;
  setView(part: Partial<Settings>): void;
  tell(topic: 'settings'): void;
}

/** What a change did at once, on the held-out rows. */
export interface Effect {
  /** 'Head 1.2 ablated (zero)'. */
  what: string;
  at: number;
  /** Losses of repeated tokens, or of all where none repeat, in nats. */
  before: number;
  after: number;
  repeated: boolean;
}

export class Surgery {
  /** The lines in force. */
  held: readonly string[] = [];
  effect: Effect | null = null;
  /** A sentence why the last change was not possible. */
  problem: string | null = null;
  private done: string[][] = [];
  private undone: string[][] = [];
  /** One after the other: each goes from what the one before has left. */
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly owner: Owner) {}

  /** A new run. `problem`: what of its changes was left out. */
  begin(problem: string | null): void {
    this.follow(0);
    this.effect = null;
    this.problem = problem;
    this.done = [];
    this.undone = [];
  }

  /** The run has reached, or gone back to, this step. */
  follow(step: number): void {
    this.held = heldAt(this.owner.settings.changes, step);
  }

  get can_undo(): boolean {
    return this.done.length > 0;
  }

  get can_redo(): boolean {
    return this.undone.length > 0;
  }

  /** The same again takes it back. The head stays on show: the story may turn to another one now. */
  act(head: string, action: Action): Promise<void> {
    this.owner.setView({ head });
    return this.hold((lines) => toggled(lines, head, action));
  }

  /** Just the lines that `change` makes of those in force. */
  hold(change: (lines: readonly string[]) => string[]): Promise<void> {
    return this.next(async () => {
      const before = [...this.held];
      if (await this.put(change(before))) {
        this.done.push(before);
        this.undone = [];
      }
    });
  }

  undo(): Promise<void> {
    return this.turnBack('done', 'undone');
  }

  redo(): Promise<void> {
    return this.turnBack('undone', 'done');
  }

  private turnBack(from: 'done' | 'undone', to: 'done' | 'undone'): Promise<void> {
    return this.next(async () => {
      const lines = this[from].at(-1);
      if (!lines) return;
      const before = [...this.held];
      await this.put(lines);
      if (this.problem !== null) return;
      this[from].pop();
      this[to].push(before);
    });
  }

  private next(task: () => Promise<void>): Promise<void> {
    const { series } = this.owner;
    // Not in another run that was opened while it waited.
    const run = () => (this.owner.series === series ? task() : undefined);
    const after = this.last.catch(() => undefined).then(run);
    this.last = after.finally(() => this.owner.tell('settings'));
    return this.last;
  }

  /** Puts the lines into force; false: the core refuses, and nothing is changed. */
  private async put(lines: string[]): Promise<boolean> {
    const { owner, held } = this;
    const { series } = owner;
    this.problem = null;
    if (lines.join() === held.join()) return false;
    try {
      const { at, before, after, forked, ...now } = await owner.client.call('intervene', { interventions: lines });
      // Another run was opened while the answer was on its way.
      if (owner.series !== series) return false;
      owner.setView(withChange(owner.schema, owner.settings, at, { interventions: lines }));
      this.follow(at);
      if (!forked) series.add(this.told(after));
      this.effect = effectOf(strings.surgery_done(held, lines), before, after);
      owner.inForce(now);
      return true;
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.problem = error.message;
      return false;
    }
  }

  /** A head whose output goes nowhere plays no role, whatever its pattern looks like; and what was broken does not fade. */
  told(record: ProbeRecord): ProbeRecord {
    const lines = heldAt(this.owner.settings.changes, record.step);
    const gone = ablatedHeads(lines);
    if (gone.size === 0) return record;
    const missing = (layer: number | null, head: number | null) =>
      layer !== null && head !== null && gone.has(headName(layer, head));
    return {
      ...record,
      heads: record.heads.map((head) =>
        missing(head.layer, head.head) ? { ...head, role: 'none yet', confidence: 0 } : head,
      ),
      alarms: record.alarms.filter(({ alarm, layer, head }) => alarm !== 'fading' && !missing(layer, head)),
    };
  }
}

function effectOf(what: string, before: ProbeRecord, after: ProbeRecord): Effect {
  const repeated = before.loss_rep !== null && after.loss_rep !== null;
  const loss = (record: ProbeRecord) => (repeated ? record.loss_rep : null) ?? record.loss;
  return { what, at: after.step, before: loss(before), after: loss(after), repeated };
}
