// The branches of a run as a list: which one is on show, what each is called, and what is kept of them.
import { html, nothing } from 'lit';
import { kLongestName } from '../branch_names.ts';
import type { BranchFacts } from '../protocol.ts';
import { timelineStrings as words } from '../strings_timeline.ts';
import type { Timeline } from '../timeline.ts';
import { setShortcuts, shortcutsOn } from './timeline_keys.ts';

export interface BranchList {
  timeline: Timeline;
  /** The branch that is being given a name; null: none is. */
  naming: number | null;
  choose(branch: BranchFacts): void;
  arm(): void;
  /** Begins, or ends with a name; null: the old one stays. */
  begin(branch: number): void;
  end(name: string | null): void;
}

export function branchesOf(list: BranchList) {
  const { tree, facts, branch, armed } = list.timeline;
  const inexact = branch?.inexact_from ?? null;
  const toggle = (event: Event) => setShortcuts((event.target as HTMLInputElement).checked);
  return html`
    <div class="time-more" id="time-branches">
      <ul>${tree.branches.map((each) => html`<li>${each.id === list.naming ? nameOf(list, each) : oneOf(list, each)}</li>`)}</ul>
      <p class="narrow">
        <button ?disabled=${!facts.possible} aria-pressed=${armed} @click=${list.arm}>${words.fork_here}</button>
        ${words.fork_help}.
      </p>
      <p class="caption">${facts.possible ? words.memory(tree.states, tree.bytes, tree.most_bytes) : words.too_large} ${inexact === null ? '' : words.graphics(inexact)}</p>
      <p class="caption">${words.keys}</p>
      <label class="caption"><input type="checkbox" .checked=${shortcutsOn()} @change=${toggle} /> ${words.shortcuts}</label>
    </div>
  `;
}

function oneOf({ timeline, choose, begin }: BranchList, branch: BranchFacts) {
  const { facts } = timeline;
  const shown = branch.id === facts.branch;
  const name = timeline.name(branch);
  return html`
    <button data-branch=${branch.id} aria-current=${shown} @click=${() => choose(branch)}>
      ${words.branch(name, shown ? facts.frontier : branch.frontier)}
    </button>
    <button class="quiet" data-rename=${branch.id} aria-label=${words.rename_of(name)} @click=${() => begin(branch.id)}>${words.rename}</button>
    ${shown ? words.on_show : nothing}
  `;
}

/** Enter and leaving it keep the name, Escape does not. */
function nameOf({ timeline, end }: BranchList, branch: BranchFacts) {
  const onKey = (event: KeyboardEvent) => {
    if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return;
    // The panel stays open, and the button that gets the focus is not pressed by the same key.
    event.stopPropagation();
    event.preventDefault();
    end(event.key === 'Enter' ? (event.target as HTMLInputElement).value : null);
  };
  return html`<input
    id="branch-name"
    type="text"
    maxlength=${kLongestName}
    spellcheck="false"
    autocomplete="off"
    aria-label=${words.new_name}
    .value=${timeline.name(branch)}
    @keydown=${onKey}
    @blur=${(event: Event) => end((event.target as HTMLInputElement).value)}
  />`;
}
