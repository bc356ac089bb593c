// What waits for the reader in the background: files dropped or pasted anywhere, the run worth keeping, the words worth explaining.
import type { App } from '../app.ts';
import { beginGlossary } from '../glossary/begin.ts';
import { Keeper } from './keeper.ts';
import type { Outcome } from './open.ts';

export function begin(app: App): void {
  document.addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    const file = event.dataTransfer?.files[0];
    // Some other part of the page has taken it.
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    void tell(app, ({ openFile }) => openFile(app, file));
  });
  document.addEventListener('paste', (event) => {
    if ((event.target as Element).closest('input, textarea, select')) return;
    const file = event.clipboardData?.files[0];
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (file) void tell(app, ({ openFile }) => openFile(app, file));
    else if (/^\s*\{|#\S*=/.test(text)) void tell(app, ({ openText }) => openText(app, text));
  });
  new Keeper(app).begin();
  beginGlossary(app);
}

/** What opens things comes with the first of them. */
async function tell(app: App, open: (how: typeof import('./open.ts')) => Promise<Outcome>): Promise<void> {
  const outcome = open(await import('./open.ts'));
  const { openShare } = await import('./dialog.ts');
  const button = document.querySelector<HTMLElement>('#share');
  if (button) await (await openShare(app, button)).tell(outcome);
}
