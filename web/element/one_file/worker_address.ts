// The worker's script within this file.
import script from 'packed:worker';

let address: string | null = null;

export function workerAddress(): string {
  address ??= URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  return address;
}
