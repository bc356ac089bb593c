// A chart's numbers for those who hear the page.
import { html } from 'lit';
import { strings } from '../strings.ts';

export function heardTable(title: string, head: string[], body: string[][]) {
  return html`
    <div class="hidden"><table>
      <caption>${strings.table_caption(title)}</caption>
      <thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
      <tbody>${body.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
    </table></div>
  `;
}
