// The page's one state and what can be done to it. Panels read it and call it; it never sees a panel.
import type { Config, Schema } from '@core/loader.mjs';
import { readAddress } from './address.ts';
import type { Client } from './client.ts';
import { EngineWatch } from './engine_watch.ts';
import { headName } from './format.ts';
import { Listeners } from './listeners.ts';
import { setLive } from './live.ts';
import { type Opened, openSettings } from './open.ts';
import type { Origin } from './origin.ts';
import { followTask, showPrompt } from './prompt.ts';
import type { EngineChoice, EngineReport, Frame, InForce, Run, Status, View } from './protocol.ts';
import { kNoRun, kNotBegun } from './protocol.ts';
import { Refusals } from './refusals.ts';
import { Series } from './series.ts';
import { changeKnob, findPreset, kSpeeds, type Settings } from './state.ts';
import { type HeadPlace, headOnShow, type Story, tellStory } from './story.ts';
import { strings } from './strings.ts';
import { Surgery } from './surgery.ts';
import { Timeline } from './timeline.ts';
import { Vocabulary } from './tokens.ts';
import { decodeHash, showAddress } from './url.ts';

/** frame: a new picture; settings: knobs, run, problems; select: head or token. */
export type Topic = 'frame' | 'settings' | 'select';

export class App extends Listeners<Topic> {
  settings: Settings;
  run: Run = kNoRun;
  origin: Origin | null = null;
  vocabulary = new Vocabulary(0);
  status: Status = kNotBegun;
  series = new Series();
  view: View | null = null;
  steps_per_second = 0;
  signature: string | null = null;
  /** The token under the pointer or focus; null shows the last but one. */
  token: number | null = null;
  readonly refused = new Refusals();
  prompt_problem: string | null = null;
  notices: string[] = [];
  /** A sentence on what befell the run, until it is put away. */
  happened: string | null = null;
  /** A sentence when nothing can go on: no WebAssembly, a crash. */
  trouble: string | null = null;
  readonly timeline = new Timeline(this);
  private readonly watch = new EngineWatch(this);
  readonly surgery = new Surgery(this);

  constructor(
    readonly client: Client,
    readonly schema: Schema,
    readonly poke: () => void,
    /** Where the settings are shown as an address: an article's own is left alone. */
    private readonly show: (settings: Settings) => void = showAddress,
  ) {
    super();
    this.settings = decodeHash('', schema).settings;
  }

  get engine(): EngineReport {
    return this.watch.report;
  }

  /** A new run plays by itself unless the reader paused the old one. */
  get goes_on(): boolean {
    return this.status.playing || this.status.finished;
  }

  get config(): Config {
    return this.run.config;
  }

  get story(): Story {
    const story = tellStory(this.series, this.status, this.config, this.run.end);
    return { ...story, note: `${strings.story_held(this.surgery.held)} ${story.note}`.trim() };
  }

  /** The head whose attention the sequence shows: the reader's choice, or the one the story is about. */
  get head(): HeadPlace {
    return headOnShow(this.settings.head, this.series, this.config);
  }

  label(token: number): string {
    return this.vocabulary.label(token);
  }

  /** Applies an address: what is wrong in it becomes notices, the rest a new run. */
  async openHash(hash: string): Promise<void> {
    const { settings, problems } = await readAddress(this.client, this.schema, hash);
    this.notices = problems;
    await this.openRun(settings);
  }

  /** Starts a new run; throws CallError and leaves the old one running when the core refuses. */
  private openRun = (settings: Settings) => this.adopt(() => openSettings(this.client, this.schema, settings));

  /** Shows the run that `open` begins. When that fails, nothing has changed. */
  async adopt(open: () => Promise<Opened>, origin: Origin | null = null): Promise<void> {
    const { run, settings, left_out } = await open();
    this.origin = origin;
    this.run = run;
    this.vocabulary = new Vocabulary(Number(run.config.d_vocab), run.task.labels);
    this.settings = settings;
    this.series = new Series();
    this.timeline.open();
    this.happened = null;
    this.surgery.begin(left_out);
    this.refused.clear();
    this.token = null;
    this.status = kNotBegun;
    // Only the open run knows what its tokens are called.
    this.prompt_problem = null;
    if (settings.prompt !== null) await showPrompt(this, settings.prompt);
    this.tell('settings');
    this.poke();
  }

  async play(): Promise<void> {
    const rate = kSpeeds.get(this.settings.speed) ?? null;
    this.setStatus(await this.client.call('play', { steps_per_second: rate }));
  }

  async pause(): Promise<void> {
    this.setStatus(await this.client.call('pause', null));
  }

  /** Exactly so many steps, then pause. */
  async advance(steps: number): Promise<void> {
    this.setStatus(await this.client.call('advance', { steps }));
  }

  /** Step 0 of the same run; goes on playing when it was playing. */
  async reset(): Promise<void> {
    await (this.origin?.again?.() ?? this.change(this.settings, 'seed'));
  }

  async choosePreset(preset: string): Promise<void> {
    if (findPreset(this.schema, preset))
      await this.change({ ...this.settings, preset, knobs: {}, changes: [] }, 'preset');
  }

  /** Another run, which plays whatever the old one did. */
  async begin(settings: Settings): Promise<void> {
    if ((await this.change(settings, 'preset')) && !this.status.playing) await this.play();
  }

  /** One knob from its text: a live one applies at once, another starts a new run. A refusal changes nothing else. */
  async setKnob(name: string, text: string): Promise<void> {
    const change = changeKnob(this.schema, this.settings, name, text);
    if ('refused' in change) {
      this.refused.set(name, { text, message: change.refused });
      this.tell('settings');
    } else if (await this.timeline.takes(name, change.value, text)) return;
    else if (change.live) await setLive(this, name, change.value, text);
    else await this.change(await this.refused.along(this.schema, change.settings, name, this.client), name, text);
  }

  /** Opens a changed run and goes on playing if the old one was not paused by hand. false: it was refused. */
  private async change(settings: Settings, name: string, text = ''): Promise<boolean> {
    const goOn = this.goes_on;
    try {
      await this.openRun({ ...settings, step: null });
      this.show(this.settings);
      if (goOn) await this.play();
    } catch (error) {
      this.refused.take(error, name, text, this.config);
    }
    this.tell('settings');
    return this.refused.size === 0;
  }

  async setSpeed(speed: string): Promise<void> {
    this.setView({ speed });
    if (this.status.playing) await this.play();
  }

  /** In mid-run too: training goes on from the same parameters. */
  async chooseEngine(engine: EngineChoice): Promise<void> {
    this.setView({ engine });
    await this.watch.choose(engine);
  }

  /** Choosing the chosen head again lets the story choose. */
  chooseHead(layer: number, head: number): void {
    const name = headName(layer, head);
    this.setView({ head: this.settings.head === name ? null : name });
  }

  /** What changes nothing in the run. */
  setView(part: Partial<Settings>): void {
    this.settings = { ...this.settings, ...part };
    this.show(this.settings);
    this.tell('settings');
  }

  /** A sequence as labels; null goes back to the example. A wrong one leaves the old one on show. */
  async setPrompt(text: string | null): Promise<void> {
    if (await showPrompt(this, text)) this.setView({ prompt: text });
    else this.tell('settings');
  }

  pointAt(token: number | null): void {
    if (this.token === token) return;
    this.token = token;
    this.tell('select');
  }

  take(frame: Frame): void {
    const { step, playing, finished, stopped } = frame;
    this.timeline.take(frame);
    this.status = { step, playing, finished, stopped };
    this.steps_per_second = frame.steps_per_second;
    this.signature = frame.signature;
    if (frame.view) this.view = frame.view;
    if (frame.in_force) this.surgery.follow(step);
    if (frame.in_force) this.inForce(frame.in_force);
    void this.watch.follow(frame);
    this.tell('frame');
  }

  /** Another part of the run has begun, or something was changed in it. */
  inForce(now: InForce): void {
    const task = this.config.task;
    this.run = { ...this.run, ...now };
    if (now.config.task !== task) void followTask(this);
    this.tell('settings');
    this.poke();
  }

  dismissNotices(): void {
    this.notices = [];
    this.happened = null;
    this.tell('settings');
  }

  fail(sentence: string): void {
    this.trouble = sentence;
    this.tell('settings');
  }

  setStatus(status: Status): void {
    // Of another step: the next frame brings the one of this.
    if (status.step !== this.status.step) this.signature = null;
    this.status = status;
    this.tell('settings');
    this.poke();
  }
}
