// What keys do to a head that has the focus, and undoing from anywhere.
import type { App } from '../app.ts';
import { type Action, heldOn, kAblations } from '../held.ts';

const kActions: Record<string, Action> = {
  f: { do: 'freeze' },
  p: { do: 'clamp', to: 'previous' },
  i: { do: 'clamp', to: 'match' },
  u: { do: 'clamp', to: 'uniform' },
};

/** false: the key means nothing here. */
export function headKey(app: App, head: string, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const key = event.key.toLowerCase();
  const { surgery } = app;
  if (key === 'z') {
    void (event.shiftKey ? surgery.redo() : surgery.undo());
    return true;
  }
  // The same key restores what was ablated, in whatever way.
  const how = heldOn(surgery.held, head).ablated ?? kAblations[0];
  const action: Action | undefined = key === 'a' ? { do: 'ablate', how } : kActions[key];
  if (!action) return false;
  void surgery.act(head, action);
  return true;
}

const kTextFields = 'textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=range], [type=file])';

/** Ctrl+Z undoes, with Shift or as Ctrl+Y it does it again; a text field has its own. */
export function undoKey(app: App, event: KeyboardEvent): void {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== 'z' && key !== 'y')) return;
  if ((event.target as Element | null)?.closest?.(kTextFields)) return;
  const { surgery } = app;
  const again = key === 'y' || event.shiftKey;
  if (!(again ? surgery.can_redo : surgery.can_undo)) return;
  event.preventDefault();
  void (again ? surgery.redo() : surgery.undo());
}
