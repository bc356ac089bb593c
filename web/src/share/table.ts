// A figure's numbers as text.
import type { Table } from '../figures.ts';

/** RFC 4180; what is not defined is an empty cell. */
export function csv({ columns }: Table): string {
  const rows = columns[0]?.values.length ?? 0;
  const lines = [columns.map(({ name }) => cell(name))];
  for (let i = 0; i < rows; i++) lines.push(columns.map(({ values }) => cell(values[i] ?? null)));
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/** One list per column; what is not defined is null. */
export function json({ columns }: Table, facts: Record<string, unknown>): string {
  const lists = Object.fromEntries(columns.map(({ name, values }) => [name, values]));
  return `${JSON.stringify({ ...facts, ...lists })}\n`;
}

function cell(value: number | string | null): string {
  if (value === null || (typeof value === 'number' && !Number.isFinite(value))) return '';
  const text = String(value);
  // Spreadsheets take a leading sign for a formula; a token's label may be one.
  const safe = typeof value === 'string' && /^[=+@\-\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
