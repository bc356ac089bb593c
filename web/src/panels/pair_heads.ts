// The heads of two runs in pairs: what each looks at, how alike they are, and how they score.
import type { Config, HeadScores } from '@core/loader.mjs';
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app.ts';
import { drawAttention } from '../charts/attention_map.ts';
import { headName, score } from '../format.ts';
import { type HeadCount, type HeadPair, matchHeads, overlap, profileSimilarity } from '../pair/match_heads.ts';
import type { Second } from '../pair/second.ts';
import { strings } from '../strings.ts';
import { pairStrings as words } from '../strings_pair.ts';
import { colours } from '../theme.ts';

interface Patterns {
  pattern: Float32Array;
  tokens: ArrayLike<number>;
}

export class PairHeads extends LitElement {
  static override properties = {
    app: { attribute: false },
    second: { attribute: false },
    same: { attribute: false },
    tick: { attribute: false },
  };
  declare app: App;
  declare second: Second;
  /** Grows with every picture. */
  declare tick: number;
  /** Both read the same sequence. */
  declare same: boolean;
  private pairs: HeadPair[] = [];
  private matched = '';

  protected override createRenderRoot() {
    return this;
  }

  protected override willUpdate(): void {
    const { app, second } = this;
    const { run } = second;
    if (!run) return;
    const heads_a = app.series.latest?.heads ?? [];
    const heads_b = second.series.latest?.heads ?? [];
    const probes = [app.series.latest?.step, second.series.latest?.step, heads_a.length, this.patterns !== null];
    const key = JSON.stringify([...probes, countOf(run.config), countOf(app.config)]);
    // While it goes on once per probe: pairs that change with every picture cannot be looked at.
    if (app.status.playing && key === this.matched) return;
    this.matched = key;
    const scores = (a: number, b: number) => (heads_a[a] && heads_b[b] ? profileSimilarity(heads_a[a], heads_b[b]) : 0);
    this.pairs = matchHeads(
      countOf(app.config),
      countOf(run.config),
      this.patterns ? this.shared(this.patterns) : scores,
    );
  }

  /** Both patterns, where they are of the same sequence. */
  private get patterns(): [Patterns, Patterns] | null {
    const { app, second } = this;
    const [a, b] = [app.view, second.view];
    return a && b && this.same && String(Array.from(a.tokens)) === String(Array.from(b.tokens)) ? [a, b] : null;
  }

  private shared([a, b]: [Patterns, Patterns]) {
    const T = a.tokens.length;
    const of = ({ pattern }: Patterns, index: number) => pattern.subarray(index * T * T, (index + 1) * T * T);
    return (i: number, j: number) => overlap(of(a, i), of(b, j), T);
  }

  protected override render() {
    const layers = [...new Set(this.pairs.map(({ layer }) => layer))].sort((a, b) => b - a);
    return html`
      <section class="pair-heads" aria-labelledby="pair-heads-title">
        <h3 id="pair-heads-title">${words.heads_title}</h3>
        <p class="caption lead">${this.same ? words.heads_help : words.heads_help_scores}</p>
        ${layers.map(
          (layer) => html`
            <h4>${words.layer(layer)}</h4>
            <ul class="pairs">${this.pairs.filter((pair) => pair.layer === layer).map((pair) => this.renderPair(pair))}</ul>
          `,
        )}
      </section>
    `;
  }

  private renderPair({ layer, a, b, similarity }: HeadPair) {
    const scores_a = a === null ? null : headScores(this.app.series.latest?.heads, layer, a);
    const scores_b = b === null ? null : headScores(this.second.series.latest?.heads, layer, b);
    const alike = this.patterns ? words.shares : words.alike;
    return html`
      <li class="pair" data-pair="${a ?? ''}-${b ?? ''}">
        <div class="pair-maps">${this.renderMap('A', layer, a, scores_a)} ${this.renderMap('B', layer, b, scores_b)}</div>
        ${similarity === null ? nothing : html`<p>${alike(similarity)}</p>`}
        <dl class="pair-scores">
          ${(['induction', 'previous_token'] as const).map((kind) => renderScores(words.scores[kind], scores_a?.[kind] ?? null, scores_b?.[kind] ?? null))}
        </dl>
      </li>
    `;
  }

  private renderMap(which: 'A' | 'B', layer: number, head: number | null, scores: HeadScores | null) {
    if (head === null) return html`<div class="no-map caption">${words.alone(which)}</div>`;
    const { word, shape } = strings.roles[scores?.role ?? 'none yet'];
    const name = headName(layer, head);
    return html`
      <div>
        <p class="pair-name">
          <b>${which}</b> ${name} <br /><span class="grey"><span aria-hidden="true">${shape}</span> ${word}</span>
        </p>
        <canvas width="1" height="1" role="img" aria-label=${words.map(which, name)} data-which=${which} data-layer=${layer} data-head=${head}></canvas>
      </div>
    `;
  }

  protected override updated(): void {
    const { palette } = colours();
    for (const canvas of this.querySelectorAll('canvas')) {
      const { which, layer, head } = canvas.dataset;
      const view = which === 'A' ? this.app.view : this.second.view;
      const config = which === 'A' ? this.app.config : this.second.run?.config;
      if (!view || !config) continue;
      const T = view.tokens.length;
      const at = (Number(layer) * Number(config.n_heads) + Number(head)) * T * T;
      const pattern = view.pattern.subarray(at, at + T * T);
      // Between opening another model and its first picture the old one has fewer maps.
      if (pattern.length === T * T) drawAttention(canvas, pattern, T, palette);
    }
  }
}

function renderScores(name: string, a: number | null, b: number | null) {
  return html`<dt>${name}</dt><dd>${score(a)}</dd><dd>${score(b)}</dd><dd>${words.score_change(a, b)}</dd>`;
}

function countOf(config: Config): HeadCount {
  return { n_layers: Number(config.n_layers), n_heads: Number(config.n_heads) };
}

function headScores(heads: HeadScores[] | undefined, layer: number, head: number): HeadScores | null {
  return heads?.find((scores) => scores.layer === layer && scores.head === head) ?? null;
}

customElements.define('ip-pair-heads', PairHeads);
