// The heads of two runs in pairs: what each looks at, how alike they are, and how they score.
import type { Config, HeadScores } from '@core/loader.mjs';
import { html, LitElement, nothing } from 'lit';
import type { App } from '../app.ts';
import { drawAttention } from '../charts/attention_map.ts';
import type { Figure } from '../figures.ts';
import { headName, score } from '../format.ts';
import { type HeadCount, type HeadPair, matchHeads, overlap, profileSimilarity } from '../pair/match_heads.ts';
import type { Second } from '../pair/second.ts';
import type { OneHead } from '../share/pair_svg.ts';
import { strings } from '../strings.ts';
import { pairStrings as words } from '../strings_pair.ts';
import { colours } from '../theme.ts';
import './save.ts';
import '../styles/figure.css';

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
    const { layers } = this;
    return html`
      <section class="pair-heads savable" aria-labelledby="pair-heads-title">
        <div class="figure-head">
          <h3 id="pair-heads-title">${words.heads_title}</h3>
          <ip-save .app=${this.app} .figure=${this.figure}></ip-save>
        </div>
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

  private get layers(): number[] {
    return [...new Set(this.pairs.map(({ layer }) => layer))].sort((a, b) => b - a);
  }

  private readonly figure: Figure = {
    name: 'pair-heads',
    title: words.heads_title,
    svg: async () => {
      const alike = this.patterns ? words.shares : words.alike;
      const rows = this.layers.map((layer) => ({
        title: words.layer(layer),
        pairs: this.pairs
          .filter((pair) => pair.layer === layer)
          .map(({ a, b, similarity }) => ({
            a: this.oneHead('A', layer, a),
            b: this.oneHead('B', layer, b),
            caption: similarity === null ? '' : alike(similarity),
          })),
      }));
      return (await import('../share/pair_svg.ts')).pairHeadsSvg(words.heads_title, rows);
    },
    table: async () => {
      const scored = this.pairs.map(({ layer, a, b, similarity }) => ({
        layer,
        a,
        b,
        similarity,
        scores_a: a === null ? null : headScores(this.app.series.latest?.heads, layer, a),
        scores_b: b === null ? null : headScores(this.second.series.latest?.heads, layer, b),
      }));
      const name = (layer: number, head: number | null) => (head === null ? null : headName(layer, head));
      return {
        columns: [
          { name: 'head of A', values: scored.map(({ layer, a }) => name(layer, a)) },
          { name: 'head of B', values: scored.map(({ layer, b }) => name(layer, b)) },
          { name: 'similarity', values: scored.map(({ similarity }) => similarity) },
          ...(['induction', 'previous_token'] as const).flatMap((kind) => [
            { name: `${kind} of A`, values: scored.map(({ scores_a }) => scores_a?.[kind] ?? null) },
            { name: `${kind} of B`, values: scored.map(({ scores_b }) => scores_b?.[kind] ?? null) },
          ]),
        ],
      };
    },
  };

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
      const found = this.patternOf(which as 'A' | 'B', Number(layer), Number(head));
      if (found) drawAttention(canvas, found.pattern, found.T, palette);
    }
  }

  private patternOf(which: 'A' | 'B', layer: number, head: number): { pattern: Float32Array; T: number } | null {
    const view = which === 'A' ? this.app.view : this.second.view;
    const config = which === 'A' ? this.app.config : this.second.run?.config;
    if (!view || !config) return null;
    const T = view.tokens.length;
    const at = (layer * Number(config.n_heads) + head) * T * T;
    const pattern = view.pattern.subarray(at, at + T * T);
    // Between opening another model and its first picture the old one has fewer maps.
    return pattern.length === T * T ? { pattern, T } : null;
  }

  private oneHead(which: 'A' | 'B', layer: number, head: number | null): OneHead | null {
    const found = head === null ? null : this.patternOf(which, layer, head);
    if (head === null || !found) return null;
    const { latest } = which === 'A' ? this.app.series : this.second.series;
    const role = strings.roles[headScores(latest?.heads, layer, head)?.role ?? 'none yet'].word;
    return { name: headName(layer, head), role, ...found };
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
