// The branches of a run: as thin lines under the axis, and as a list.
import { html } from 'lit';
import { kMostBytes } from '../history.ts';
import type { BranchFacts } from '../protocol.ts';
import { timelineStrings as words } from '../strings_timeline.ts';
import type { Timeline } from '../timeline.ts';
import { setShortcuts, shortcutsOn } from './timeline_keys.ts';

export interface Lane {
  branch: BranchFacts;
  /** Where its line lies, in hundredths of the height. */
  at: number;
  path: string;
}

/** The axis, and where the lanes have room below it. */
const kAxis = 50;
const kFirst = 74;
const kRoom = 24;

/** Every branch that is not on show, from where it left its parent. */
export function lanesOf(branches: readonly BranchFacts[], shown: number): Lane[] {
  const others = branches.filter(({ id, frontier, from }) => id !== shown && frontier > from);
  return others.map((branch, i) => {
    const at = kFirst + (kRoom * (i + 0.5)) / Math.max(4, others.length);
    return { branch, at, path: `M${branch.from} ${kAxis}V${at}H${branch.frontier}` };
  });
}

export function branchesOf(timeline: Timeline, choose: (branch: BranchFacts) => void) {
  const { tree, facts, branch } = timeline;
  const inexact = branch?.inexact_from ?? null;
  const toggle = (event: Event) => setShortcuts((event.target as HTMLInputElement).checked);
  return html`
    <div class="time-more" id="time-branches">
      <ul>
        ${tree.branches.map(
          (each) => html`<li>
            <button data-branch=${each.id} aria-current=${each.id === facts.branch} @click=${() => choose(each)}>
              ${words.branch(timeline.name(each), each.frontier)}
            </button>
            ${each.id === facts.branch ? words.on_show : ''}
          </li>`,
        )}
      </ul>
      <p class="caption">${facts.possible ? words.memory(tree.states, tree.bytes, kMostBytes) : words.too_large} ${inexact === null ? '' : words.graphics(inexact)}</p>
      <p class="caption">${words.keys}</p>
      <label class="caption"><input type="checkbox" .checked=${shortcutsOn()} @change=${toggle} /> ${words.shortcuts}</label>
    </div>
  `;
}
