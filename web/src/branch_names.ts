// What the branches of a run are called: by what each changed, or as the reader names them. Names last as long as the branches do.
import type { Change } from './changes.ts';
import type { BranchFacts } from './protocol.ts';
import { timelineStrings as words } from './strings_timeline.ts';

/** Longer ones break the list. */
export const kLongestName = 60;

export class BranchNames {
  private own = new Map<number, string>();

  /** `changes`: those of its settings. */
  of({ id, parent, from, knobs }: BranchFacts, changes: readonly Change[]): string {
    const own = this.own.get(id);
    if (own !== undefined) return own;
    if (parent === null) return words.main;
    const lines = changes.find(({ at }) => at === from)?.interventions ?? [];
    return words.fork(from, [...Object.entries(knobs).map(([name, value]) => `${name} ${value}`), ...lines].join(', '));
  }

  /** By the reader. */
  given(id: number): string | null {
    return this.own.get(id) ?? null;
  }

  /** Nothing but spaces takes the name back. */
  give(id: number, text: string): void {
    const name = text.trim().replace(/\s+/g, ' ').slice(0, kLongestName);
    if (name === '') this.own.delete(id);
    else this.own.set(id, name);
  }
}
