// What an author copies: the same figure as an element, as a frame, and for a Markdown page. Pure text.

export interface Choice {
  /** Of the folder in which embed.html and embed/ lie, with a slash at its end. */
  base: string;
  /** By name; '' and what equals the default is left out. */
  attributes: Record<string, string>;
  /** The element in one file, for hosts that allow no more. */
  one?: boolean;
  /** Hashes of the element's scripts by name, when the version is to be pinned: embed/integrity.json. */
  integrity?: Record<string, string>;
  /** Of the frame, until it has told its own, in px. */
  height: number;
}

const kDefaults: Record<string, string> = {
  panels: 'story heads loss',
  controls: 'buttons',
  autoplay: 'onscreen',
  theme: 'auto',
  speed: '60',
  engine: 'wasm',
};

export function given({ attributes }: Pick<Choice, 'attributes'>): [string, string][] {
  return Object.entries(attributes).filter(([name, value]) => value !== '' && value !== kDefaults[name]);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

const kEntry = 'induction-playground.js';
const kOne = 'induction-playground.one.js';

/** With hashes, a browser runs just these files: the import map holds them for what the first one imports. */
function scripts({ base, one, integrity }: Choice): string[] {
  const entry = one ? kOne : kEntry;
  const source = `src="${escaped(base)}embed/${entry}"`;
  if (!integrity) return [`<script type="module" ${source}></script>`];
  const script = `<script type="module" ${source} integrity="${escaped(integrity[entry])}" crossorigin="anonymous"></script>`;
  if (one) return [script];
  const imported = Object.entries(integrity).filter(([name]) => ![kEntry, kOne].includes(name));
  const map = { integrity: Object.fromEntries(imported.map(([name, hash]) => [`${base}embed/${name}`, hash])) };
  return [`<script type="importmap">${JSON.stringify(map).replaceAll('<', '\\u003c')}</script>`, script];
}

/** The poster stands inside the element: so readers without scripts see it too, and it is printed. */
export function elementSnippet(choice: Choice): string {
  const attributes = given(choice)
    .filter(([name]) => name !== 'poster')
    .map(([name, value]) => ` ${name}="${escaped(value)}"`);
  const { poster } = choice.attributes;
  const inside = poster
    ? `<img src="${escaped(poster)}" alt="What each attention head of the trained model looks at.">`
    : '';
  const element = `<induction-playground${attributes.join('')}>${inside}</induction-playground>`;
  return [...scripts(choice), element, ''].join('\n');
}

/** Attributes that are not the run's: what `induction record` would not know. */
const kShown = /^(panels|controls|autoplay|theme|poster|recording|speed|engine|prompt|head|step|targets|at)$/;

/** The command that makes poster and recording of this very run. */
export function recordSnippet({ attributes }: Choice): string {
  const knobs = given({ attributes }).filter(([name]) => !kShown.test(name));
  const word = (value: string) => (/^[\w.+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`);
  const file = (address: string | undefined, absent: string) =>
    word(address?.split(/[?#]/)[0].split('/').at(-1) || absent);
  const flags = knobs.map(([name, value]) => ` --${name} ${word(value)}`).join('');
  const { recording, poster } = attributes;
  return `induction record${flags} --out ${file(recording, 'figure.irec')} --poster ${file(poster, 'figure.svg')}\n`;
}

export function frameAddress(choice: Choice): string {
  const parts = new URLSearchParams();
  for (const [name, value] of given(choice))
    if (name === 'at') for (const change of value.split('|')) parts.append('at', change.trim());
    else parts.set(name, value);
  return `${choice.base}embed.html#${parts}`;
}

/** The script makes the frame as high as the figure; without it the frame keeps its height and scrolls. */
export function frameSnippet(choice: Choice): string {
  return `<iframe src="${escaped(frameAddress(choice))}" title="Induction Playground" loading="lazy"
  width="100%" height="${choice.height}" style="border: 0"></iframe>
<script>
  addEventListener('message', ({ data, source }) => {
    if (data?.context !== 'iframe.resize') return;
    for (const frame of document.querySelectorAll('iframe'))
      if (frame.contentWindow === source) frame.height = data.height;
  });
</script>
`;
}

/** Markdown keeps HTML only where no empty line interrupts it. */
export function markdownSnippet(choice: Choice): string {
  return `\n<div>\n${elementSnippet(choice)}</div>\n\n`;
}
