// What a file is, from its first bytes; its name only where they leave it open.

export type Kind = 'tensors' | 'settings' | 'rows' | 'text' | 'unknown';

/** So many bytes tell. */
export const kSniffed = 512;

export function kindOf(start: Uint8Array, name: string): Kind {
  const text = latin(start);
  if (text.startsWith('\x93NUMPY')) return 'rows';
  // A length in eight bytes, then a JSON object.
  if (text[8] === '{' && start[7] === 0 && start[6] === 0) return 'tensors';
  if (/\.safetensors$/i.test(name)) return 'tensors';
  if (!readable(start)) return 'unknown';
  if (/^\s*\{/.test(text)) return 'settings';
  if (/^\s*\[/.test(text)) return 'rows';
  return 'text';
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, kSniffed));
}

/** UTF-8 without control characters; a letter may be cut at the end. */
function readable(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return ![...text].some((sign) => sign < ' ' && !'\n\r\t\f'.includes(sign));
  } catch {
    return false;
  }
}
