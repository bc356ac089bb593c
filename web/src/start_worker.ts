// The one way to a worker: the page's policy lets no other text become one (Trusted Types; policy.mjs names this one).

/** TypeScript's list of the browser does not know it yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(address: string): string },
  ): { createScriptURL(address: string): unknown };
}

/** Of this page's own origin, or made by its own script. */
function checked(address: string): string {
  const { origin, protocol } = new URL(address, location.href);
  if (origin !== location.origin && protocol !== 'blob:') throw new TypeError(`No worker is started from ${origin}.`);
  return address;
}

/** Not everywhere; and where an article's policy does not name ours, a worker starts only if that policy lets plain text pass. */
function ours() {
  try {
    return (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy('induction-worker', {
      createScriptURL: checked,
    });
  } catch {
    return undefined;
  }
}

const policy = ours();

export function startWorker(address: string, name = ''): Worker {
  const trusted = (policy?.createScriptURL(address) ?? checked(address)) as string;
  return new Worker(trusted, { type: 'module', name });
}
