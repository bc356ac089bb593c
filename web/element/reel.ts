// Fetching a recording: what can be shown comes first, the states to go on from after it.
import { type Opening, readOpening, readSizes, readStates, type Sizes } from './recording.ts';

/** A server that is silent for so long, in ms, is not waited for. */
const kSilent = 8000;

export interface Reel {
  opening: Promise<Opening>;
  /** All bytes. */
  whole: Promise<Uint8Array>;
  stop(): void;
}

export function fetchRecording(address: string): Reel {
  const ending = new AbortController();
  let opened: (opening: Opening) => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  const opening = new Promise<Opening>((resolve, reject) => {
    opened = resolve;
    failed = reject;
  });
  const whole = read(address, ending, opened);
  opening.catch(() => undefined);
  whole.catch(failed);
  return { opening, whole, stop: () => ending.abort() };
}

async function read(address: string, ending: AbortController, opened: (opening: Opening) => void): Promise<Uint8Array> {
  const clock = silence(ending);
  const reader = await ask(address, ending.signal);
  const parts: Uint8Array[] = [];
  let length = 0;
  let sizes: Sizes | null = null;
  let opening: Opening | null = null;
  for (;;) {
    const part = await next(reader, ending.signal);
    clock.again();
    if (part) parts.push(part);
    length += part?.length ?? 0;
    if (!sizes && (length >= 24 || !part)) sizes = readSizes(joined(parts, length));
    // Nothing that is longer than it says is read to its end.
    if (sizes && length > sizes.whole) ending.abort();
    if (sizes && !opening && (length >= sizes.opening || !part)) {
      opening = readOpening(joined(parts, length));
      opened(opening);
    }
    if (part && !(sizes && length > sizes.whole)) continue;
    clock.stop();
    const bytes = joined(parts, length);
    // Too short or too long, it is refused here.
    if (opening) readStates(opening, bytes);
    return bytes;
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

async function ask(address: string, signal: AbortSignal): Promise<Reader> {
  const response = await fetch(address, { signal }).catch((error: Error) => refuse(error, signal));
  if (!response.ok || !response.body)
    throw new Error(`The recording could not be fetched: its address answers with status ${response.status}.`);
  return response.body.getReader() as Reader;
}

/** null: that was all. */
async function next(reader: Reader, signal: AbortSignal): Promise<Uint8Array | null> {
  const { value } = await reader.read().catch((error: Error) => refuse(error, signal));
  return value ?? null;
}

function refuse(error: Error, signal: AbortSignal): never {
  const why = signal.aborted ? 'its server was silent for too long' : error.message;
  throw new Error(`The recording could not be fetched: ${why}.`);
}

function silence(ending: AbortController) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => clearTimeout(timer);
  const again = () => {
    stop();
    timer = setTimeout(() => ending.abort(), kSilent);
  };
  again();
  ending.signal.addEventListener('abort', stop);
  return { again, stop };
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
