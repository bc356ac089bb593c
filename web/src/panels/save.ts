// The small control beside a figure: what it shows, as a file.
import { html } from 'lit';
import type { Topic } from '../app.ts';
import type { Figure } from '../figures.ts';
import { strings } from '../strings.ts';
import { Panel } from './panel.ts';

export class SavePanel extends Panel {
  static override properties = { ...Panel.properties, figure: { attribute: false } };
  declare figure: Figure;
  protected readonly topics: readonly Topic[] = [];

  protected override render() {
    const { name, title } = this.figure;
    return html`<button class="save quiet" data-figure=${name} aria-label=${strings.save_figure(title)} aria-haspopup="dialog" @click=${this.onClick}>⋯</button>`;
  }

  private onClick = async (event: Event): Promise<void> => {
    const button = event.currentTarget as HTMLElement;
    const { openFigureMenu } = await import('../share/figure_menu.ts');
    openFigureMenu(this.app, this.figure, button);
  };
}

customElements.define('ip-save', SavePanel);
