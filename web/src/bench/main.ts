// bench.html?size=S: training speed of the WebAssembly core in this browser, on the page and in window.benchResult.
import './bench.css';
import { kSizes } from '../sizes.ts';
import { startWorker } from '../start_worker.ts';
import type { BenchNews, BenchResult, SizeName } from './protocol.ts';
import { factsOf, kColumns, markdownOf, resultOf, rowOf } from './result.ts';
import workerUrl from './worker.ts?worker&url';

declare global {
  interface Window {
    benchResult?: BenchResult;
  }
}

/** Steps to time: some seconds at each size. */
const kSteps: Record<SizeName, number> = { S: 300, M: 60, L: 5 };

const kWhat: Record<SizeName, string> = {
  S: '2 heads, d_model 32, 16 tokens, context 32, batch 32',
  M: '4 heads, d_model 64, 64 tokens, context 64, batch 32',
  L: '8 heads, d_model 256, 512 tokens, context 256, batch 16',
};

const place = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
const say = (text: string) => {
  place('status').textContent = text;
};

function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  content: string | (string | Node)[],
  attributes: Record<string, string> = {},
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.append(...(typeof content === 'string' ? [content] : content));
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function showSizes(chosen: SizeName): void {
  const links = (Object.keys(kSizes) as SizeName[]).map((size) =>
    make('a', [make('strong', size), ` ${kWhat[size]}`], {
      href: `?size=${size}`,
      ...(size === chosen ? { 'aria-current': 'page' } : {}),
    }),
  );
  place('sizes').replaceChildren(...links);
}

function facts(result: BenchResult): HTMLElement {
  const entries = factsOf(result).map(([name, figure, note]) =>
    make('div', [make('dt', name), make('dd', figure, { class: 'figure' }), make('dd', note, { class: 'note' })]),
  );
  return make('dl', entries);
}

function table(result: BenchResult): HTMLElement {
  const heads = kColumns.map((name) => make('th', name, { scope: 'col' }));
  const rows = result.by_kernel.map((line) => {
    const [name, ...cells] = rowOf(line);
    return make('tr', [make('th', name, { scope: 'row' }), ...cells.map((cell) => make('td', cell))]);
  });
  const caption = make(
    'caption',
    'Where the time goes, kernel by kernel, in steps of their own whose calls are timed one by one.',
  );
  const body = [caption, make('thead', [make('tr', heads)]), make('tbody', rows)];
  // It is wider than a phone: then it scrolls by itself, with the keyboard too.
  return make('div', [make('table', body)], { class: 'wide', tabindex: '0', role: 'region', 'aria-label': 'Kernels' });
}

function copies(result: BenchResult): HTMLElement {
  const texts = { Markdown: markdownOf(result), JSON: JSON.stringify(result, null, 2) };
  const buttons = Object.entries(texts).map(([name, text]) => {
    const button = make('button', `Copy as ${name}`, { type: 'button' });
    button.addEventListener('click', () => {
      navigator.clipboard.writeText(text).then(
        () => say(`Copied as ${name}.`),
        () => say('This browser does not let the page copy; the JSON stands below.'),
      );
    });
    return button;
  });
  return make('p', buttons, { class: 'copies' });
}

function show(result: BenchResult): void {
  window.benchResult = result;
  place('figures').replaceChildren(facts(result), table(result), copies(result));
  place('result').textContent = JSON.stringify(result, null, 2);
  place('raw').hidden = false;
  say('Measured. Reload the page to measure again; other work on the machine makes all of it slower.');
}

function start(size: SizeName): void {
  const worker = startWorker(workerUrl);
  worker.onerror = ({ message }) => say(`The worker stopped: ${message}`);
  worker.onmessage = ({ data }: MessageEvent<BenchNews>) => {
    if (data.kind === 'doing') return say(data.what);
    worker.terminate();
    if (data.kind === 'failure') say(`It could not be measured: ${data.message}`);
    else show(resultOf(size, data.measured, navigator.userAgent));
  };
  worker.postMessage({ config: kSizes[size], steps: kSteps[size] });
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const colour = () => {
  document.documentElement.dataset.scheme = dark.matches ? 'dark' : 'light';
};
dark.addEventListener('change', colour);
colour();
const asked = new URLSearchParams(location.search).get('size') ?? 'S';
if (Object.hasOwn(kSizes, asked)) {
  showSizes(asked as SizeName);
  start(asked as SizeName);
} else {
  showSizes('S');
  say(`There is no size '${asked.slice(0, 40)}'; allowed: S, M, L.`);
}
