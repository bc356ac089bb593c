// Numbers and names as people read them.

const kThinSpace = '\u202f';

/** Three significant digits: 2.31, 0.412, 12.3, 1 230. An undefined quantity is a dash. */
export function three(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 0.001) return value.toExponential(1).replace('-', '−').replace('e−', 'e−');
  const text = size >= 1000 ? whole(Number(value.toPrecision(3))) : value.toPrecision(3);
  return text.replace('-', '−');
}

const kSuperscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** Two significant digits and a power of ten: 3 × 10⁻⁷, 1.2 × 10⁻⁵. */
export function scientific(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return three(value);
  const [digits, power] = value.toExponential(1).split('e');
  const raised = [...power.replace(/^[+-]/, '')].map((digit) => kSuperscripts[Number(digit)]).join('');
  return `${digits.replace('.0', '').replace('-', '−')} × 10${power.startsWith('-') ? '⁻' : ''}${raised}`;
}

/** Whole numbers in groups of three: 12 400. */
export function whole(value: number): string {
  const digits = String(Math.round(Math.abs(value)));
  // Four digits read well without a gap only in tables; one rule everywhere is calmer.
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, kThinSpace);
  return value < 0 ? `−${grouped}` : grouped;
}

/** A score in [0, 1] with two decimals, so that columns of them line up. */
export function score(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(2);
}

export function percent(value: number): string {
  return `${Math.round(100 * value)}${kThinSpace}%`;
}

/** Head 3 of layer 1 is '1.3'. */
export function headName(layer: number, head: number): string {
  return `${layer}.${head}`;
}

export function parseHeadName(text: string): { layer: number; head: number } | null {
  const match = /^(\d{1,2})\.(\d{1,2})$/.exec(text);
  return match ? { layer: Number(match[1]), head: Number(match[2]) } : null;
}
