// embed.html: one element that fills a frame, with its attributes in the address after '#'. Tells the article its height.
import { isAttribute } from './attributes.ts';
import './index.ts';
import type { InductionPlayground } from './index.ts';
import { envelope, type Ignored, kMethods, type Method, type Order, readMessage } from './messages.ts';

const kEvents = ['ready', 'onscreen', 'offscreen', 'progress', 'phase', 'statechange', 'error'];
/** Anyone may put the figure into a page, and what it says is no secret. */
const kAnyone = '*';

const ignored: Record<Ignored, number> = { foreign: 0, version: 0, malformed: 0 };
const element = document.createElement('induction-playground') as InductionPlayground;

function post(content: Record<string, unknown>): void {
  if (parent !== window) parent.postMessage(content, kAnyone);
}

/** Attributes from the address: those that an author may write, and no other. */
function readHash(): void {
  const wanted = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
    if (name === 'at' && wanted.has(name)) wanted.set(name, `${wanted.get(name)}|${value}`);
    else if (isAttribute(name)) wanted.set(name, value);
  }
  for (const { name } of [...element.attributes]) if (!wanted.has(name)) element.removeAttribute(name);
  for (const [name, value] of wanted) element.setAttribute(name, value);
}

/** The article's own height of the frame follows; {context: 'iframe.resize'} is what content systems understand. */
function tellHeight(): void {
  const height = Math.ceil(element.getBoundingClientRect().height);
  if (height === 0) return;
  post(envelope({ event: 'height', detail: { height } }));
  post({ context: 'iframe.resize', height });
}

async function perform({ call, args }: Order): Promise<unknown> {
  if (call === 'report') return { ignored, state: element.state, at: element.at, methods: kMethods, events: kEvents };
  const method = element[call as Exclude<Method, 'report'>] as (...args: unknown[]) => unknown;
  return method.apply(element, args);
}

async function receive({ data, source }: MessageEvent): Promise<void> {
  const order = readMessage(data, source === parent && parent !== window);
  if (typeof order === 'string') ignored[order]++;
  else post(envelope({ id: order.id, answer: (await perform(order)) ?? null }));
}

const sheet = new CSSStyleSheet();
sheet.replaceSync(
  'html { color-scheme: light dark } body { margin: 0; overflow-x: hidden; font-family: system-ui, sans-serif }',
);
document.adoptedStyleSheets = [sheet];
for (const event of kEvents)
  element.addEventListener(event, (happened) => post(envelope({ event, detail: (happened as CustomEvent).detail })));
addEventListener('message', (event) => void receive(event));
addEventListener('hashchange', readHash);
readHash();
document.body.append(element);
new ResizeObserver(tellHeight).observe(element);
