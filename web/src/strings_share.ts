// The words of sharing, saving and opening; loaded with them.
import { whole } from './format.ts';

const mib = (bytes: number) => whole(Math.ceil(bytes / 2 ** 20));

export const shareStrings = {
  title: 'Share and take away',
  close: 'Close',

  link: 'Link',
  copy: 'Copy link',
  copied: 'Copied.',
  copy_failed: 'The browser does not allow copying; the address bar has the link.',
  link_help:
    'The address holds every setting, the seed, the sequence and the chosen head; whoever opens it sees the same run.',
  link_lacks: {
    run: 'This run came from a file and goes by phases that no address holds; save the run to pass it on.',
    model: 'This run began with the weights of a file, which no address holds; save the run to pass it on.',
    weights: 'This run began with the weights of a file, which no address holds; save the run to pass it on.',
    course: 'This run goes by phases, which no address holds; save the run to pass it on.',
    data: 'The data of this run stays in this browser, and no address holds it.',
  },

  save: 'Save',
  files: {
    run: { name: 'The run', help: 'Everything: opens here and on the command line, and goes on to the bit.' },
    model: { name: 'The model', help: 'Its weights alone, for TransformerLens or PyTorch.' },
    metrics: { name: 'Measurements', help: 'Losses and scores of every probe, a line of JSON each.' },
    config: { name: 'Settings', help: 'All knobs as JSON, as the command line takes them.' },
  },
  figures_help: 'Each chart and map has a ⋯ of its own beside its heading.',

  open: 'Open',
  open_file: 'A file: a run, weights, settings, or data',
  open_paste: 'Or paste a link, or settings as JSON',
  open_button: 'Open',
  open_help:
    'Files may also be dropped anywhere on the page, or pasted. The run on show ends when another one opens; it goes on when a file is refused.',
  opened_run: (name: string, step: number) => `“${name}” goes on from step ${whole(step)}.`,
  opened_weights: (name: string) => `The weights of “${name}” are on show; training begins at step 0.`,
  opened_settings: (name: string) => `The settings of “${name}” are a new run.`,
  opened_data: (name: string) => `The model now trains on “${name}”.`,
  opened_link: 'The link is open.',
  opened_link_partly: (problems: string[]) => `The link is open, but for parts of it: ${problems.join(' ')}`,
  pasted: 'what was pasted',
  nothing: 'There is nothing to open; paste a link or settings first.',

  asks: (name: string) => `“${name}” does not say everything about its model; please add what you know.`,
  asks_positions: 'How positions work',
  asks_length: 'Longest sequence, in tokens',
  asks_norm: 'Norm',
  asks_choose: 'choose …',
  asks_no_norm: 'none',
  asks_folded_norm: 'one without weights',
  asks_missing: 'Choose how positions work, the length and the norm first.',
  asks_folded: 'A norm whose weights were folded away has no place in this model; train or save it with its weights.',
  asks_go: 'Open the weights',

  too_large: (name: string, bytes: number, most: number) =>
    `“${name}” has ${mib(bytes)} MiB; at most ${mib(most)} MiB are opened here.`,
  unreadable: (name: string) => `“${name}” could not be read.`,
  unknown: (name: string) =>
    `“${name}” is of another kind; this page opens runs and weights (.safetensors), settings (.json), and data (.json, .npy, text).`,
  refused: (name: string, why: string) => `“${name}” cannot be opened: ${why.replace(/\.$/, '')}.`,
  bad_json: (name: string) => `“${name}” is not valid JSON; settings are one object such as {"n_layers": 1}.`,
  no_link: 'This is no link to a run; one ends with # and settings, such as #preset=demo&seed=5.',
  needs_data: (name: string, data: string) =>
    `“${name}” was trained on the data “${data}”; open that data first, then the run.`,

  last: 'Your last run',
  last_keep: 'Keep my last run in this browser, to go on with it another time',
  last_kept: (what: string, step: number) => `Kept: ${what}, step ${whole(step)}.`,
  last_none: 'Nothing is kept at present; the run is kept when it is paused or the page is left.',
  last_forget: 'Forget it',
  last_blocked:
    'This browser keeps nothing for this page (its storage is full or switched off), so save the run as a file to go on with it another time.',
  last_too_large: (bytes: number, most: number) =>
    `This run has ${mib(bytes)} MiB; at most ${mib(most)} MiB are kept, so save it as a file to go on with it another time.`,
  last_gone: 'The last run is not there any more; the page begins with a new one.',

  figure_title: (title: string) => `Save “${title}” as`,
  figure_failed: 'This browser could not draw the picture; SVG holds the same one.',
  figure_empty: 'There is nothing to save yet.',
};
