// One picture of a recording, in the figure's own looks, so that nothing moves when the figure takes its place.
import type { Config } from '@core/loader.mjs';
import { html, nothing, render, svg } from 'lit';
import { headName, score, whole } from '../src/format.ts';
import type { HeldHead } from '../src/held.ts';
import { renderName, renderSure, roleScore } from '../src/panels/head_label.ts';
import type { Column, Series } from '../src/series.ts';
import { tellStory } from '../src/story.ts';
import { strings } from '../src/strings.ts';
import type { Wish } from './attributes.ts';
import type { Orders } from './film.ts';
import type { Opening } from './recording.ts';
import { headColour, type Tint } from './theme.ts';

export interface Scene {
  opening: Opening;
  series: Series;
  /** Which frame. */
  at: number;
  rolling: boolean;
  wish: Wish;
  tint: Tint;
  orders: Orders;
  seek(step: number): void;
  play(): void;
}

const kFree: HeldHead = { ablated: null, clamped: null, frozen: false };

export function drawFilm(place: HTMLElement, scene: Scene): void {
  const { panels, controls } = scene.wish;
  const has = (name: (typeof panels)[number]) => panels.includes(name);
  render(
    html`
      <div class="reel">
        ${has('story') ? renderStory(scene) : nothing} ${controls === 'none' ? nothing : renderBar(scene)}
        ${has('heads') ? renderHeads(scene) : nothing} ${has('loss') ? renderLoss(scene) : nothing}
      </div>
    `,
    place,
  );
  for (const canvas of place.querySelectorAll('canvas')) paint(canvas, scene);
}

export function clearFilm(place: HTMLElement): void {
  render(nothing, place);
}

function stepOf({ opening, at }: Scene): number {
  return opening.frames[at].step;
}

function renderStory(scene: Scene) {
  const config = scene.opening.course as unknown as Config;
  const status = { step: stepOf(scene), playing: true, finished: false, stopped: null };
  const { text, phase } = tellStory(scene.series, status, config);
  return html`<div class="telling"><p class="story" data-phase=${phase}>${text}</p></div>`;
}

function renderBar(scene: Scene) {
  const { rolling, orders, opening, seek, play } = scene;
  const step = stepOf(scene);
  return html`
    <div class="controls" role="group" aria-label="Recording">
      <div class="buttons">
        <button type="button" class="primary" @click=${rolling ? orders.rest : play}>
          <span aria-hidden="true">${rolling ? '❚❚' : '▶'}</span> ${rolling ? strings.pause : strings.play}
        </button>
      </div>
      <input
        type="range"
        aria-label="Step of the recording"
        min="0"
        max=${opening.frames[opening.frames.length - 1].step}
        .value=${String(step)}
        @input=${(event: Event) => seek(Number((event.target as HTMLInputElement).value))}
      />
      <p class="engine"><span>${strings.at_step(step)}</span> <span>recorded</span></p>
    </div>
  `;
}

function renderHeads(scene: Scene) {
  const { opening, tint } = scene;
  const layers = Array.from({ length: opening.n_layers }, (_, i) => opening.n_layers - 1 - i);
  return html`
    <section>
      <header class="section-head">
        <h2>${strings.heads_title}</h2>
        <p class="legend">
          <span>${strings.scale_low}</span>
          <span class="ramp" .style=${`background:${tint.colours.gradient}`}></span>
          <span>${strings.scale_high}</span> <span>${strings.scale_name}</span>
        </p>
      </header>
      <div class="heads">
        ${layers.map(
          (layer) => html`
            <div class="layer" .style=${`--n:${opening.n_heads}`}>
              <span class="layer-name">${strings.layer(layer)}</span>
              ${Array.from({ length: opening.n_heads }, (_, head) => renderHead(scene, layer, head))}
            </div>
            ${layer > 0 ? html`<div class="between"></div>` : nothing}
          `,
        )}
      </div>
    </section>
  `;
}

function renderHead({ opening, series }: Scene, layer: number, head: number) {
  const index = layer * opening.n_heads + head;
  const scores = series.latest?.heads[index];
  const value = roleScore(scores);
  const name = headName(layer, head);
  return html`
    <div class="head" data-head=${name} data-role=${scores?.role ?? 'none yet'} .style=${`--colour:${headColour(index)}`}>
      <div class="map"><canvas width="1" height="1" role="img" aria-label=${`${strings.head} ${name}`} data-index=${index}></canvas></div>
      ${renderName(name, scores, kFree)}
      <div class="bar"><span .style=${`width:${100 * Math.min(1, value ?? 0)}%`}></span></div>
      <p class="head-score"><span>${score(value)}</span> ${renderSure(scores, kFree)}</p>
    </div>
  `;
}

function paint(canvas: HTMLCanvasElement, { opening, at, tint }: Scene): void {
  const index = Number(canvas.dataset.index);
  const T = opening.tokens.length;
  const cells = opening.causal ? (T * (T + 1)) / 2 : T * T;
  let next = (at * opening.n_layers * opening.n_heads + index) * cells;
  canvas.width = T;
  canvas.height = T;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(T, T);
  const pixels = new Uint32Array(image.data.buffer);
  const { palette } = tint.colours;
  for (let q = 0; q < T; q++)
    for (let k = 0; k < T; k++) pixels[q * T + k] = palette[opening.causal && k > q ? 0 : opening.maps[next++]];
  context.putImageData(image, 0, 0);
}

/** Width and height of the plot in its own units; CSS stretches it. */
const kWide = 1000;
const kHigh = 300;

function renderLoss(scene: Scene) {
  const { series } = scene;
  const end = Math.max(1, series.last_step);
  const most = Math.max(0.1, ...[...series.loss_new, ...series.loss_rep].map((loss) => loss ?? 0)) * 1.05;
  const x = (step: number) => (kWide * step) / end;
  const path = (column: Column) =>
    column
      .flatMap((loss, i) =>
        loss === null ? [] : [`${x(series.step[i]).toFixed(1)} ${(kHigh * (1 - loss / most)).toFixed(1)}`],
      )
      .join('L');
  const line = (name: string, column: Column) =>
    path(column) === '' ? nothing : svg`<path class=${name} d=${`M${path(column)}`} />`;
  const grid = Array.from({ length: Math.floor(most) + 1 }, (_, nats) => nats);
  const height = (nats: number) => 100 * (1 - nats / most);
  const ends: [string, number | null | undefined][] = [
    ['first', series.loss_new.at(-1)],
    ['repeated', series.loss_rep.at(-1)],
  ];
  return html`
    <figure class="reel-loss">
      <div class="section-head"><h2>${strings.loss_title} <span class="unit">${strings.loss_axis}</span></h2></div>
      <div class="chart">
        ${grid.map((nats) => html`<span class="tick" .style=${`top:${height(nats)}%`}>${nats}</span>`)}
        ${ends.map(([name, loss]) => (loss == null ? nothing : html`<span class="tick end" .style=${`top:${height(loss)}%`}>${name}</span>`))}
        ${[0, end].map((step) => html`<span class="tick step" .style=${`left:${(100 * step) / end}%`}>${whole(step)}</span>`)}
        <svg viewBox="0 0 ${kWide} ${kHigh}" preserveAspectRatio="none" role="img" aria-label=${strings.loss_title}>
          ${grid.map((nats) => svg`<path class="grid" d=${`M0 ${(kHigh * height(nats)) / 100}H${kWide}`} />`)}
          ${line('first', series.loss_new)} ${line('again', series.loss_rep)}
          <path class="playhead" d=${`M${x(stepOf(scene)).toFixed(1)} 0V${kHigh}`} />
        </svg>
      </div>
    </figure>
  `;
}
