// builder.html: a form, the figure it makes, and the three texts to copy.
import { kPanels } from './attributes.ts';
import './builder.css';
import './index.ts';
import { type Choice, elementSnippet, frameSnippet, markdownSnippet, recordSnippet } from './snippets.ts';
import { createTrainer } from './trainer.ts';

const kSnippets = [
  ['element', 'Element, for pages that allow scripts', elementSnippet],
  ['frame', 'Frame, for content systems', frameSnippet],
  ['markdown', 'Markdown', markdownSnippet],
  ['record', 'Command that makes poster and recording', recordSnippet],
] as const;

const form = document.querySelector('#form') as HTMLFormElement;
const preview = document.querySelector('#preview') as HTMLElement;
const snippets = document.querySelector('#snippets') as HTMLElement;
const status = document.querySelector('#status') as HTMLElement;

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  part: Partial<HTMLElementTagNameMap[K]> = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), part);
  element.append(...inside);
  return element;
}

function choice(name: string, words: string, options: readonly string[], chosen: string): HTMLElement {
  const list = options.map((value) => make('option', { value, textContent: value, selected: value === chosen }));
  return make('label', {}, words, make('select', { name }, ...list));
}

function field(name: string, words: string, part: Partial<HTMLInputElement> = {}): HTMLElement {
  return make('label', { className: part.className ?? '' }, words, make('input', { ...part, name, className: '' }));
}

function fill(presets: readonly string[]): void {
  const panels = kPanels.map((value) => {
    const checked = ['story', 'heads', 'loss'].includes(value);
    return make('label', {}, make('input', { type: 'checkbox', name: 'panels', value, checked }), value);
  });
  form.append(
    make('fieldset', {}, make('legend', { textContent: 'Shows' }), ...panels),
    choice('preset', 'Preset', presets, presets[0]),
    field('seed', 'Seed', { inputMode: 'numeric', value: '0' }),
    field('steps', 'Stops after steps', { inputMode: 'numeric', placeholder: 'as the preset' }),
    choice('speed', 'Steps per second', ['2', '10', '60', '200', 'max'], '60'),
    choice('controls', 'Controls', ['buttons', 'all', 'none'], 'buttons'),
    choice('autoplay', 'Starts', ['onscreen', 'click', 'never'], 'onscreen'),
    choice('theme', 'Colours', ['auto', 'light', 'dark'], 'auto'),
    field('knobs', 'Other knobs, such as n_heads=2 lr=0.003', { className: 'wide', placeholder: 'name=value …' }),
    make(
      'fieldset',
      {},
      make('legend', { textContent: 'Files' }),
      field('poster', 'Poster', { placeholder: 'figure.svg' }),
      field('recording', 'Recording', { placeholder: 'figure.irec' }),
      make(
        'label',
        { title: 'For hosts that allow no more. All of it comes with the page, not when the reader is near.' },
        make('input', { type: 'checkbox', name: 'one' }),
        'one file (element and Markdown)',
      ),
      make(
        'label',
        { title: 'The element then runs only with the files of today, also when the ones at this address change.' },
        make('input', { type: 'checkbox', name: 'pinned' }),
        'pin this version by hashes (element and Markdown)',
      ),
    ),
  );
}

/** Of embed/integrity.json; read when somebody wants to pin a version. */
let hashes: Record<string, string> | undefined;

async function readHashes(): Promise<void> {
  try {
    const response = await fetch(new URL('embed/integrity.json', location.href));
    if (!response.ok) throw new Error(`status ${response.status}`);
    hashes = await response.json();
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    status.textContent = `The hashes (embed/integrity.json) could not be read: ${why}. The texts pin no version.`;
  }
}

function readForm(): Choice {
  const data = new FormData(form);
  const text = (name: string) => String(data.get(name) ?? '').trim();
  const attributes: Record<string, string> = { preset: text('preset'), panels: data.getAll('panels').join(' ') };
  for (const name of ['seed', 'steps', 'speed', 'controls', 'autoplay', 'theme', 'poster', 'recording'])
    attributes[name] = text(name);
  for (const part of text('knobs').split(/\s+/)) {
    const [, name, value] = /^([a-z][a-z0-9_]*)=(.+)$/.exec(part) ?? [];
    if (name) attributes[name] = value;
  }
  if (attributes.seed === '0') attributes.seed = '';
  const height = Math.ceil(preview.firstElementChild?.getBoundingClientRect().height ?? 0) || 640;
  const integrity = data.has('pinned') ? hashes : undefined;
  return { base: new URL('.', location.href).href, attributes, one: data.has('one'), integrity, height };
}

/** Files that lie beside the author's article cannot be shown here. */
function besideArticle(name: string, value: string): boolean {
  return (name === 'poster' || name === 'recording') && !/^https?:/.test(value);
}

/** Another element for another choice: what was shown is over. */
function show(): void {
  const chosen = readForm();
  const element = document.createElement('induction-playground');
  for (const [name, value] of Object.entries(chosen.attributes))
    if (value !== '' && !besideArticle(name, value)) element.setAttribute(name, value);
  element.addEventListener('ready', write);
  preview.replaceChildren(element);
  write();
}

function write(): void {
  const chosen = readForm();
  for (const [id, , snippet] of kSnippets) {
    const place = snippets.querySelector(`#${id}`);
    if (place) place.textContent = snippet(chosen);
  }
}

async function copy(id: string): Promise<void> {
  const place = snippets.querySelector(`#${id}`);
  try {
    await navigator.clipboard.writeText(place?.textContent ?? '');
    status.textContent = 'Copied.';
  } catch {
    // Then the reader copies what is marked.
    if (place) getSelection()?.selectAllChildren(place);
    status.textContent = 'This browser does not let pages copy: the text is marked.';
  }
}

for (const [id, title] of kSnippets) {
  const button = make('button', { type: 'button', textContent: 'Copy' });
  button.addEventListener('click', () => void copy(id));
  button.setAttribute('aria-label', `Copy: ${title}`);
  snippets.append(
    make('div', { className: 'snippet-head' }, make('h3', { textContent: title }), button),
    make('pre', { id, tabIndex: 0 }),
  );
}

try {
  const trainer = await createTrainer();
  fill(trainer.schema.presets.map(({ name }) => name));
  trainer.dispose();
  form.addEventListener('change', async ({ target }) => {
    const { name } = target as HTMLInputElement;
    if (name === 'pinned' && !hashes) await readHashes();
    // Which files bring the figure makes no other figure.
    if (['one', 'pinned'].includes(name)) write();
    else show();
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  show();
} catch (error) {
  status.textContent = `The playground cannot run here: ${error instanceof Error ? error.message : error}`;
}
