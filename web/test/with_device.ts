// A session with a stub core and a stub graphics device, new for each test: `beforeEach(begin)`.
import type { EngineChoice } from '../src/protocol.ts';
import { Session } from '../src/session.ts';
import { StubCore, TestClock } from './stub.ts';
import { StubGraphics } from './stub_gpu.ts';

export let clock: TestClock;
export let core: StubCore;
export let graphics: StubGraphics;
export let session: Session;
/** How often a graphics device was asked for. */
export let loaded: number;

export function begin(): void {
  clock = new TestClock();
  graphics = new StubGraphics(clock);
  loaded = 0;
  core = new StubCore();
  session = new Session(core, clock, async () => {
    loaded++;
    return graphics;
  });
}

export const frame = (shown = -1) => session.frame({ shown, buffer: null });
export const open = (engine: EngineChoice, config = {}) =>
  session.open({ config: { steps: 100_000, ...config }, engine });
export const play = (steps_per_second: number | null = null) => session.play({ steps_per_second });
export const until = (engine: string) => clock.play(() => session.engine().engine === engine);

/** The comparison on the device has ended, one way or the other. */
export const settled = () => clock.play(() => ['ready', 'refused'].includes(session.engine().gpu));

/** Playing on the device. */
export async function running() {
  open('webgpu');
  play();
  await until('webgpu');
  const { step } = frame();
  await clock.play(() => frame().step > step + 60);
}
