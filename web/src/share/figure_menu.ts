// What a figure can be saved as, in a small panel beside its control.
import { html, nothing, render } from 'lit';
import type { App } from '../app.ts';
import type { Figure } from '../figures.ts';
import { shareStrings as words } from '../strings_share.ts';
import { addressOf } from '../url.ts';
import { download } from './download.ts';
import { baseName } from './names.ts';
import { showBeside } from './popover.ts';
import { png } from './raster.ts';
import { csv, json } from './table.ts';
import './share.css';

type Format = 'png' | 'svg' | 'csv' | 'json';

const kTypes: Record<Format, string> = {
  png: 'image/png',
  svg: 'image/svg+xml',
  csv: 'text/csv',
  json: 'application/json',
};

export function openFigureMenu(app: App, figure: Figure, button: HTMLElement): void {
  document.querySelector('.figure-panel')?.remove();
  const panel = Object.assign(document.createElement('div'), { className: 'panel figure-panel' });
  panel.role = 'dialog';
  panel.ariaLabel = words.figure_title(figure.title);
  button.after(panel);
  draw(panel, app, figure, null);
  showBeside(panel, button);
  // Gone, not only hidden: the next figure gets a new one.
  panel.addEventListener('toggle', (event) => {
    if ((event as ToggleEvent).newState === 'closed') panel.remove();
  });
}

function draw(panel: HTMLElement, app: App, figure: Figure, problem: string | null): void {
  const formats: Format[] = [
    ...(figure.svg ? (['png', 'svg'] as const) : []),
    ...(figure.table ? (['csv', 'json'] as const) : []),
  ];
  const save = async (format: Format) => {
    try {
      await saveFigure(app, figure, format);
      panel.hidePopover();
    } catch {
      draw(panel, app, figure, words.figure_failed);
    }
  };
  render(
    html`
      <p>${words.figure_title(figure.title)}</p>
      <div class="formats">
        ${formats.map((format, i) => html`<button data-format=${format} ?data-first=${i === 0} @click=${() => save(format)}>${format.toUpperCase()}</button>`)}
      </div>
      ${problem ? html`<p class="refused" role="alert">${problem}</p>` : nothing}
    `,
    panel,
  );
}

export async function saveFigure(app: App, figure: Figure, format: Format): Promise<void> {
  const of = figure.of?.() ?? baseName(app, app.status.step);
  download(`${of}-${figure.name}.${format}`, await content(app, figure, format), kTypes[format]);
}

async function content(app: App, { svg, table, title }: Figure, format: Format): Promise<string | Blob> {
  if (svg && format === 'svg') return svg();
  if (svg && format === 'png') return png(await svg());
  const numbers = (await table?.()) ?? { columns: [] };
  return format === 'csv' ? csv(numbers) : json(numbers, { figure: title, link: addressOf(app.settings) });
}
