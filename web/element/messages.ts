// What a frame and the article around it say to each other: versioned envelopes. Pure, so that tests can try every wrong one.

export const kName = 'induction-playground';
export const kVersion = 1;

/** Methods that a message may call. */
export const kMethods = [
  'play',
  'pause',
  'step',
  'reset',
  'seek',
  'ablate',
  'getState',
  'setState',
  'exportRun',
  'signature',
  'report',
] as const;
export type Method = (typeof kMethods)[number];

export interface Order {
  id: number | string;
  call: Method;
  args: unknown[];
}

/** Why a message is ignored. */
export type Ignored = 'foreign' | 'version' | 'malformed';

/** Messages of others pass through every window: only those with our name can be wrong. */
export function readMessage(data: unknown, from_parent: boolean): Order | Ignored {
  if (!from_parent || typeof data !== 'object' || data === null) return 'foreign';
  const { name, version, id, call, args = [] } = data as Record<string, unknown>;
  if (name !== kName) return 'foreign';
  if (version !== kVersion) return 'version';
  const method = kMethods.find((each) => each === call);
  const known = typeof id === 'number' || (typeof id === 'string' && id.length < 100);
  if (!method || !known || !Array.isArray(args) || !fits(method, args)) return 'malformed';
  return { id, call: method, args };
}

const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 1_000_000;

function fits(method: Method, args: unknown[]): boolean {
  switch (method) {
    case 'step':
      return args.length === 0 || (args.length === 1 && isCount(args[0]));
    case 'seek':
      return args.length === 1 && isCount(args[0]);
    case 'ablate':
      return (
        typeof args[0] === 'string' &&
        /^\d+\.\d+$/.test(args[0]) &&
        args.slice(1).every((how) => how === null || typeof how === 'string')
      );
    case 'setState':
      return args.length === 1 && isState(args[0]);
    default:
      return args.length === 0;
  }
}

function isState(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { version, address, step } = value as Record<string, unknown>;
  return version === 1 && typeof address === 'string' && address.length <= 8000 && isCount(step);
}

/** From the frame: an answer, or something that happened. */
export function envelope(content: Record<string, unknown>): Record<string, unknown> {
  return { name: kName, version: kVersion, ...content };
}
