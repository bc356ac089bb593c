// The page's copy of the engine's report, asked for again whenever a frame says that it has changed.
import type { Client } from './client.ts';
import { type EngineChoice, type EngineReport, type Frame, kNewReport } from './protocol.ts';

/** What of the App a watch needs. */
interface Owner {
  client: Client;
  tell(topic: 'settings'): void;
  fail(sentence: string): void;
}

/** While a device is there or on its way, it may fail or arrive when no frames are pulled, because the run is paused. In ms. */
const kLookEvery = 500;

export class EngineWatch {
  report = kNewReport;
  private version = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly owner: Owner) {}

  async follow({ engine_version }: Frame): Promise<void> {
    if (engine_version === this.version) return;
    this.version = engine_version;
    await this.ask(() => this.owner.client.call('engine', null));
  }

  choose(choice: EngineChoice): Promise<void> {
    return this.ask(() => this.owner.client.call('choose_engine', { choice }));
  }

  private async ask(question: () => Promise<EngineReport>): Promise<void> {
    try {
      const report = await question();
      const changed = JSON.stringify(report) !== JSON.stringify(this.report);
      this.report = report;
      if (changed) this.owner.tell('settings');
      clearTimeout(this.timer);
      if (report.gpu === 'untried' || report.gpu === 'refused') return;
      this.timer = setTimeout(() => this.ask(() => this.owner.client.call('engine', null)), kLookEvery);
    } catch (error) {
      this.owner.fail(error instanceof Error ? error.message : String(error));
    }
  }
}
