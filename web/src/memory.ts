// Small things that the page remembers between visits. Storage may be forbidden or full: then nothing is remembered, and nothing breaks.

const kPrefix = 'induction-playground-';

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(kPrefix + name);
  } catch {
    return null;
  }
}

/** false: it could not be kept. null forgets it. */
export function remember(name: string, value: string | null): boolean {
  try {
    if (value === null) localStorage.removeItem(kPrefix + name);
    else localStorage.setItem(kPrefix + name, value);
    return true;
  } catch {
    return false;
  }
}
