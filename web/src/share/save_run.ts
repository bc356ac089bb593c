// The run on show as files: all of it, its weights, its measurements, its settings.
import type { App } from '../app.ts';
import type { Bytes } from '../protocol.ts';
import { download } from './download.ts';
import { baseName } from './names.ts';

export type Saved = 'run' | 'model' | 'metrics' | 'config';

const kBytes = 'application/octet-stream';

export async function saveFile(app: App, kind: Saved): Promise<void> {
  const { bytes, step } = await app.client.call('save', { model: kind === 'model' });
  const base = baseName(app, step);
  switch (kind) {
    case 'run':
      return download(`${base}.safetensors`, bytes, kBytes);
    case 'model':
      return download(`${base}-model.safetensors`, bytes, kBytes);
    case 'metrics':
      return download(`${base}-metrics.jsonl`, metricsText(app), 'application/x-ndjson');
    case 'config':
      return download(`${base}-config.json`, configText(bytes), 'application/json');
  }
}

/** As induction train writes it; of a very long run every second probe, or fourth … */
export function metricsText(app: App): string {
  return app.series.records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** The Course where there is one, else the Config: the file's own metadata say both exactly. */
export function configText(run: Bytes): string {
  const length = Number(new DataView(run.buffer, run.byteOffset).getBigUint64(0, true));
  const { __metadata__: metadata } = JSON.parse(new TextDecoder().decode(run.subarray(8, 8 + length)));
  return `${JSON.stringify(JSON.parse(metadata.course ?? metadata.config), null, 2)}\n`;
}
