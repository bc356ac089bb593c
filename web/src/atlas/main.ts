// The atlas: what is shown is a function of the data and of the address; choosing changes the address.
import '../styles/base.css';
import './atlas.css';
import { html, render, type TemplateResult } from 'lit';
import { parseRgb } from '../charts/palette.ts';
import { onTheme, startTheme } from '../theme.ts';
import { type Chosen, readView, writeView } from './address.ts';
import { cells, kMeasures, type MeasureName } from './cells.ts';
import { type Atlas, type AtlasKnob, axisKnobs, readsFile } from './data.ts';
import { drawLegend, drawPhase, type Phase } from './phase.ts';
import { inkOf } from './ramp.ts';
import { divergedOf, drawRuns, drawStrip } from './strip.ts';

const kFormat = 'induction-playground atlas 1';

class AtlasPage {
  private view: Chosen;
  private allRuns = false;

  constructor(private readonly atlas: Atlas) {
    this.view = readView(atlas, location.hash);
    addEventListener('hashchange', () => {
      this.view = readView(atlas, location.hash);
      this.draw();
    });
    onTheme(() => this.draw());
    this.draw();
  }

  private change(part: Partial<Chosen>): void {
    this.view = { ...this.view, ...part };
    this.allRuns = false;
    history.replaceState(null, '', writeView(this.atlas, this.view));
    this.draw();
  }

  private axis(name: 'x' | 'y', value: string): void {
    const other = name === 'x' ? 'y' : 'x';
    // The knob of the other axis changes places with this one.
    const moved = this.view[other] === value ? { [other]: this.view[name] } : {};
    this.change({ [name]: value, ...moved, cell: null });
  }

  private hold(knob: AtlasKnob, text: string): void {
    const held = { ...this.view.held };
    if (text === '') delete held[knob.name];
    else held[knob.name] = Number(text);
    this.change({ held });
  }

  private controls(knobs: AtlasKnob[]): TemplateResult {
    const { view } = this;
    const changed = (use: (text: string) => void) => (event: Event) => use((event.target as HTMLSelectElement).value);
    const axis = (name: 'x' | 'y', label: string) => html`<label>${label}
      <select id=${`axis-${name}`} @change=${changed((text) => this.axis(name, text))}>${knobs.map((knob) => html`<option value=${knob.name} .selected=${view[name] === knob.name}>${knob.name}</option>`)}</select></label>`;
    const rest = knobs.filter((knob) => knob.name !== view.x && knob.name !== view.y);
    return html`<form class="choices" @submit=${(event: Event) => event.preventDefault()}>
      <label>Show <select id="measure" @change=${changed((text) => this.change({ measure: text as MeasureName }))}>${kMeasures.map((one) => html`<option value=${one.name} .selected=${view.measure === one.name}>${one.label}</option>`)}</select></label>
      ${axis('y', 'Rows')}${axis('x', 'Columns')}
      ${rest.map(
        (
          knob,
        ) => html`<label title=${knob.doc}>${knob.name} <select id=${`hold-${knob.name}`} @change=${changed((text) => this.hold(knob, text))}>
          <option value="" .selected=${!(knob.name in view.held)}>all together</option>
          ${knob.values.map((value, i) => html`<option value=${i} .selected=${view.held[knob.name] === i}>${value}</option>`)}</select></label>`,
      )}
    </form>`;
  }

  private chosen(phase: Phase): TemplateResult {
    const { cell } = this.view;
    if (!cell) return html`<p class="caption">Choose a cell to see its runs.</p>`;
    const { runs } = phase.table[cell[0]][cell[1]];
    const name = (knob: AtlasKnob, place: number) => `${knob.name} ${knob.values[place]}`;
    const where = phase.x === phase.y ? name(phase.x, cell[1]) : `${name(phase.y, cell[0])}, ${name(phase.x, cell[1])}`;
    if (runs.length === 0) return html`<section><h2>${where}</h2><p class="caption">No runs.</p></section>`;
    const diverged = divergedOf(this.atlas, runs);
    return html`<section aria-label="Runs of the chosen cell"><h2>${where}: ${runs.length} runs${diverged > 0 ? `, ${diverged} diverged` : ''}</h2>
      ${drawStrip(this.atlas, runs, phase.measure)}
      ${drawRuns(this.atlas, runs, this.allRuns, () => {
        this.allRuns = true;
        this.draw();
      })}
      <p class="caption">${this.opening(runs)}</p></section>`;
  }

  private opening(runs: number[]): string {
    const { data } = this.atlas;
    if (runs.some((run) => readsFile(this.atlas, run)))
      return `Runs without a link read the file “${data ?? ''}”, which this atlas does not hold, so they do not open here. “induction train” with that file and the knobs of the run’s line in results.jsonl makes the run again.`;
    const disk =
      location.protocol === 'file:' ? ' This page was opened from a disk; runs open only from a web server.' : '';
    return `A link opens that very run: trained as many steps, the page announces the signature in the list.${disk}`;
  }

  private draw(): void {
    const { atlas, view } = this;
    const knobs = axisKnobs(atlas);
    const find = (name: string) => knobs.find((knob) => knob.name === name) as AtlasKnob;
    const background = parseRgb(getComputedStyle(document.body).backgroundColor);
    const dark = document.documentElement.dataset.scheme === 'dark';
    const measure = kMeasures.find(({ name }) => name === view.measure) ?? kMeasures[0];
    const phase: Phase = {
      table: cells(atlas, view),
      x: find(view.x),
      y: find(view.y),
      measure,
      view,
      ink: (share) => inkOf(share, background, dark),
      choose: (cell) => this.change({ cell }),
    };
    render(
      html`<header class="top"><h1>${atlas.title}</h1><a href=${atlas.page}>Playground</a></header>
      <main>
        <p class="caption">${atlas.runs.status.length.toLocaleString('en')} runs; ${knobs.map((knob) => knob.name).join(', ')} vary. A knob “all together” is averaged over.</p>
        ${this.controls(knobs)}${drawPhase(phase)}${drawLegend(phase)}
        <p class="caption">${measure.help} Measured every ${atlas.probe_every} steps.</p>
        ${this.chosen(phase)}
      </main>`,
      document.body,
    );
  }
}

function start(): void {
  startTheme();
  const atlas = window.induction_atlas;
  const trouble = !atlas
    ? 'There is no atlas.js beside this page: induction atlas writes both.'
    : atlas.format !== kFormat || axisKnobs(atlas).length === 0
      ? 'atlas.js beside this page was made by another version.'
      : null;
  const note = document.querySelector('.note');
  if (trouble || !atlas) {
    if (note) note.textContent = trouble;
    return;
  }
  document.title = `${atlas.title} · Induction Playground`;
  document.body.replaceChildren();
  new AtlasPage(atlas);
}

start();
