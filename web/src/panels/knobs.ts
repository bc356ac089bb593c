// The knobs of the core's schema that do something, by group; the others on demand. Any of them can be looked for by a word.

import type { Knob } from '@core/loader.mjs';
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Topic } from '../app.ts';
import { findPreset } from '../state.ts';
import { strings } from '../strings.ts';
import { isChanged, renderKnob } from './knob.ts';
import './own_text.ts';
import { Panel } from './panel.ts';
import { type KnobsOnShow, knobsOnShow } from './which_knobs.ts';

/** The groups that come first; a new one of the core's comes after them. */
const kGroups = ['model', 'task', 'optimiser', 'run'];

/** Stands in the bar above. */
const kElsewhere = 'seed';

export class KnobsPanel extends Panel {
  protected readonly topics: readonly Topic[] = ['settings'];
  private search = '';
  /** On wide screens the model's knobs stand beside the picture. */
  private readonly open = new Set(innerWidth >= 1100 ? ['model'] : []);
  /** Groups that show all their knobs that do something, or nothing. */
  private readonly more = new Set<string>();
  private readonly idle = new Set<string>();

  protected override render() {
    const { knobs } = this.app.schema;
    const names = [...new Set([...kGroups, ...knobs.map(({ group }) => group)])];
    const groups = names.map((group): [string, Knob[]] => [
      group,
      knobs.filter((knob) => knob.group === group && knob.name !== kElsewhere),
    ]);
    const on_show = groups.map(([group, list]): [string, Knob[], KnobsOnShow] => [
      group,
      list,
      this.choose(group, list),
    ]);
    return html`
      <section aria-labelledby="knobs-title">
        <header class="section-head">
          <h2 id="knobs-title">${strings.knobs_title}</h2>
          ${this.renderSearch(on_show.reduce((sum, [, , { list }]) => sum + list.length, 0))}
        </header>
        <p class="preset-doc">${findPreset(this.app.schema, this.app.settings.preset)?.doc}</p>
        ${on_show.map(([group, list, chosen]) => this.renderGroup(group, list, chosen))}
        <ip-own-text .app=${this.app}></ip-own-text>
      </section>
    `;
  }

  /** What was changed or refused stays, and so does what the reader is at: nothing vanishes under a finger. */
  private choose(group: string, list: Knob[]): KnobsOnShow {
    const { refused, run } = this.app;
    const used = document.activeElement?.closest<HTMLElement>('[data-knob]')?.dataset.knob;
    return knobsOnShow(list, {
      shown: new Set(run.shown),
      kept: new Set([
        ...list.filter((knob) => isChanged(this.app, knob)).map(({ name }) => name),
        ...refused.keys(),
        ...(used ? [used] : []),
      ]),
      search: this.search.trim(),
      more: this.more.has(group),
      idle: this.idle.has(group),
    });
  }

  private renderSearch(found: number) {
    const look = (text: string) => {
      this.search = text;
      this.requestUpdate();
    };
    const leave = (event: KeyboardEvent) => {
      if (event.key === 'Escape') look('');
    };
    return html`
      <input
        id="find-knob"
        type="search"
        placeholder=${strings.find_knob}
        aria-label=${strings.find_knob}
        spellcheck="false"
        autocomplete="off"
        .value=${this.search}
        @input=${(event: Event) => look((event.target as HTMLInputElement).value)}
        @keydown=${leave}
      />
      <p id="found-knobs" class=${found === 0 ? 'caption' : 'hidden'} role="status">
        ${this.search.trim() === '' ? nothing : strings.found_knobs(found)}
      </p>
    `;
  }

  private renderGroup(group: string, knobs: Knob[], { list, more, idle }: KnobsOnShow) {
    const { refused } = this.app;
    const searching = this.search.trim() !== '';
    if (list.length === 0 && (searching || idle === 0)) return nothing;
    const changed = knobs.filter((knob) => isChanged(this.app, knob));
    const wrong = knobs.some((knob) => refused.has(knob.name));
    return html`
      <details
        class="group"
        data-group=${group}
        .open=${wrong || searching || this.open.has(group)}
        @toggle=${(event: Event) => this.onToggle(group, event)}
      >
        <summary>
          ${groupName(group)}
          ${changed.map((knob) => html`<span class="changed"><span class="dot" aria-hidden="true"></span><code>${knob.name}</code></span>`)}
        </summary>
        ${repeat(
          list,
          (knob) => knob.name,
          (knob) => renderKnob(this.app, knob),
        )}
        ${this.renderMore(this.more, group, more, strings.more_knobs(more), strings.fewer_knobs)}
        ${this.renderMore(this.idle, group, idle, strings.idle_knobs(idle), strings.no_idle_knobs)}
      </details>
    `;
  }

  private renderMore(opened: Set<string>, group: string, n: number, show: string, hide: string) {
    if (n === 0) return nothing;
    const shown = opened.has(group);
    const toggle = () => {
      if (shown) opened.delete(group);
      else opened.add(group);
      this.requestUpdate();
    };
    return html`<p><button class="quiet" aria-expanded=${shown} @click=${toggle}>${shown ? hide : show}</button></p>`;
  }

  /** What the search opens is closed again after it. */
  private onToggle(group: string, event: Event): void {
    if (this.search.trim() !== '') return;
    if ((event.target as HTMLDetailsElement).open) this.open.add(group);
    else this.open.delete(group);
    this.requestUpdate();
  }
}

function groupName(group: string): string {
  const known: Record<string, string> = strings.groups;
  return known[group] ?? group.charAt(0).toUpperCase() + group.slice(1);
}

customElements.define('ip-knobs', KnobsPanel);
