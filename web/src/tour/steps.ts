// What the tour shows, in order: which run it needs, what it points at, what it waits for. All of it is the page's own.
import type { App } from '../app.ts';
import { defaultSettings, type Settings, withKnob } from '../state.ts';
import { tourStrings as words } from '../strings_tour.ts';
import { breakNotes, brokenText } from './break.ts';
import { choose, formed, nameOf, onsetOf } from './model.ts';

export interface TourStep {
  id: string;
  title: string;
  /** two: the demo. one: the same with one layer. null: whatever is on show. */
  run: 'two' | 'one' | null;
  /** What the card stands beside. */
  anchor(app: App): string;
  /** The model must not have got further than this: else the run begins anew. */
  before?(app: App): boolean;
  text(app: App): string;
  /** The model is where the step wants it, and is paused there; missing: at once. */
  reached?(app: App): boolean;
  /** While it is awaited. */
  wait?: string;
  enter?(app: App): Promise<void> | void;
  leave?(app: App): Promise<void> | void;
}

/** Steps of the plateau that are enough to see that it is one. */
const kPlateau = 120;
/** As long as the other run took, and more. */
const kLong = 600;

/** The run that a step needs, with the view that it begins with. */
export function settingsFor({ schema, settings }: App, run: 'two' | 'one'): Settings {
  const demo = { ...defaultSettings(schema), engine: settings.engine };
  return run === 'two' ? demo : withKnob(schema, demo, 'n_layers', 1);
}

export const tourSteps: readonly TourStep[] = [
  {
    id: 'plateau',
    title: words.plateau_title,
    run: 'two',
    anchor: () => 'figure:has(#loss-chart)',
    text: () => words.plateau,
    wait: words.plateau,
    before: (app) => onsetOf(app, 'previous_token') === undefined && onsetOf(app, 'induction') === undefined,
    reached: ({ status }) => status.step >= kPlateau,
  },
  {
    id: 'previous',
    title: words.previous_title,
    run: 'two',
    anchor: (app) =>
      onsetOf(app, 'previous_token') ? `[data-head="${nameOf(app, 'previous_token')}"]` : '.layer:last-child',
    wait: words.previous_wait,
    text: (app) =>
      words.previous(
        nameOf(app, 'previous_token'),
        onsetOf(app, 'previous_token')?.step ?? 0,
        onsetOf(app, 'induction') !== undefined,
      ),
    reached: (app) => onsetOf(app, 'previous_token') !== undefined,
    leave: (app) => app.setView({ head: null }),
  },
  {
    id: 'onset',
    title: words.onset_title,
    run: 'two',
    anchor: () => 'figure:has(#loss-chart)',
    wait: words.onset_wait,
    text: (app) => {
      const { loss_rep, latest } = app.series;
      return words.onset(onsetOf(app, 'induction')?.step ?? 0, loss_rep[0] ?? 0, latest?.loss_rep ?? 0);
    },
    reached: formed,
  },
  {
    id: 'induction',
    title: words.induction_title,
    run: 'two',
    anchor: (app) => `[data-head="${nameOf(app, 'induction') || '1.0'}"]`,
    text: (app) => words.induction(nameOf(app, 'induction')),
    wait: words.onset_wait,
    reached: (app) => onsetOf(app, 'induction') !== undefined,
    enter: (app) => {
      choose(app, 'induction');
      app.setView({ targets: true });
    },
    leave: (app) => app.setView({ targets: false, head: null }),
  },
  {
    id: 'break',
    title: words.break_title,
    run: 'two',
    anchor: (app) => `[data-head="${nameOf(app, 'induction') || '1.0'}"]`,
    wait: words.break_wait,
    text: brokenText,
    reached: formed,
    enter: breakNotes,
    leave: async (app) => {
      await app.surgery.hold(() => []);
      app.setView({ head: null });
    },
  },
  {
    id: 'alone',
    title: words.alone_title,
    run: 'one',
    anchor: () => 'figure:has(#loss-chart)',
    wait: words.alone_wait,
    text: (app) => words.alone(app.status.step, app.series.latest?.loss_rep ?? 0),
    reached: ({ status }) => status.step >= kLong,
  },
  {
    id: 'end',
    title: words.end_title,
    run: null,
    anchor: () => 'ip-experiments',
    text: () => words.end,
  },
];
