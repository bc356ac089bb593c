// The few words of SVG that the figures need, as text.

export type Attributes = Record<string, string | number | undefined>;

const kSpecial: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escaped(text: string): string {
  // What XML has no place for at all is left out.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: just those
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').replace(/[&<>"]/g, (sign) => kSpecial[sign]);
}

export function element(name: string, attributes: Attributes, content = ''): string {
  const list = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? short(value) : escaped(String(value))}"`);
  return content === '' ? `<${name}${list.join('')}/>` : `<${name}${list.join('')}>${content}</${name}>`;
}

/** Hundredths of a pixel are enough. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

export function label(x: number, y: number, text: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escaped(text));
}

export interface Sheet {
  width: number;
  height: number;
  title: string;
  paper: string;
  ink: string;
}

/** A whole picture with its own background: it is looked at on any. */
export function drawing({ width, height, title, paper, ink }: Sheet, content: string): string {
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${short(width)} ${short(height)}`,
    'font-family': 'system-ui, sans-serif',
    'font-size': 12,
    fill: ink,
  };
  const background = element('rect', { width, height, fill: paper });
  return `${element('svg', attributes, `<title>${escaped(title)}</title>${background}${content}`)}\n`;
}

/** Of the page as it looks now. */
export function paperColour(): string {
  return getComputedStyle(document.body).backgroundColor;
}
