// The page's style sheet for a figure in a shadow tree: what it says of the page, it says of the figure, and of the window's width, of the figure's.
import plot from 'uplot/dist/uPlot.min.css?inline';
import page from '../src/style.css?inline';
import circuits from '../src/styles/circuits.css?inline';
import figure from '../src/styles/figure.css?inline';
import own from './element.css?inline';

let made: CSSStyleSheet | null = null;

export function forFigures(css: string): string {
  return css
    .replace(/:root\[data-scheme=(["']?)dark\1\]/g, '.figure[data-scheme=dark]')
    .replace(/(^|[\s,}{])(:root|html|body)(?=[\s,{])/g, '$1.figure')
    .replace(/@media\s*\((max-width|width)/g, '@container figure ($1');
}

/** One for all figures: constructed sheets pass every content security policy. */
export function sheet(): CSSStyleSheet {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(`${plot}\n${forFigures(page + circuits + figure)}\n${own}`);
  }
  return made;
}
