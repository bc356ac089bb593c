// Runs an experiment in the background: all arms with seeds 0, 1, …, in one or two workers, with a report that grows with every run.
import type { ExperimentReport, Job, News, Order, SpecFacts } from './experiment_protocol.ts';
import workerUrl from './experiment_worker.ts?worker&url';
import { startWorker } from './start_worker.ts';

/** What the runner needs of a Worker. */
export interface Helper {
  postMessage(order: Order): void;
  onmessage: ((event: MessageEvent<News>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  terminate(): void;
}

export type RunnerState = 'running' | 'done' | 'stopped' | 'failed';

/** Leaves a core to the page and one to its training; more than two would outrun few machines' fans. */
export function helperCount(cores: number | undefined): number {
  return cores !== undefined && cores > 3 ? 2 : 1;
}

/** By seed first, so that after each round all arms can be compared. */
export function jobsOf(arms: number, seeds: number): Job[] {
  return Array.from({ length: arms * seeds }, (_, i) => ({ arm: i % arms, seed: Math.floor(i / arms) }));
}

export class ExperimentRunner {
  state: RunnerState = 'running';
  facts: SpecFacts | null = null;
  report: ExperimentReport | null = null;
  /** A sentence when it failed. */
  problem = '';
  private readonly helpers: Helper[] = [];
  private jobs: Job[] = [];
  private results: string[][] = [];
  private runs = 0;
  /** Of each helper's present run; 0 while it has none. */
  private shares: number[] = [];
  private asked = false;
  private stale = false;

  constructor(
    private readonly spec: string,
    private readonly seeds: number,
    private readonly makeHelper: () => Helper,
    private readonly onChange: () => void,
  ) {}

  /** `n` helpers; the first reads the spec, then all make runs. */
  begin(n: number): void {
    for (let i = 0; i < n; i++) this.addHelper(i);
    this.helpers[0]?.postMessage({ kind: 'read', spec: this.spec });
  }

  /** What is done stays. */
  stop(): void {
    if (this.state === 'running') this.end('stopped');
  }

  get runs_done(): number {
    return this.results.reduce((sum, lines) => sum + lines.length, 0);
  }

  get runs_planned(): number {
    return this.runs;
  }

  /** Of the whole, 0 to 1. */
  get share(): number {
    return this.runs === 0 ? 0 : (this.runs_done + this.shares.reduce((sum, x) => sum + x, 0)) / this.runs;
  }

  private addHelper(i: number): void {
    const helper = this.makeHelper();
    helper.onmessage = ({ data }) => this.take(i, data);
    helper.onerror = (event) => this.take(i, { kind: 'failure', message: event.message ?? '' });
    this.helpers.push(helper);
    this.shares.push(0);
  }

  private take(i: number, news: News): void {
    if (this.state !== 'running') return;
    if (news.kind === 'failure') this.fail(news.message);
    else if (news.kind === 'read') this.plan(news.facts);
    else if (news.kind === 'progress') this.shares[i] = Math.min(1, news.step / news.end);
    else if (news.kind === 'result') this.keep(i, news.job, news.line);
    else this.judge(news.report);
    this.onChange();
  }

  private plan(facts: SpecFacts): void {
    this.facts = facts;
    this.jobs = jobsOf(facts.arms.length, this.seeds);
    this.runs = this.jobs.length;
    this.results = facts.arms.map(() => []);
    for (let i = 0; i < this.helpers.length; i++) this.give(i);
  }

  private give(i: number): void {
    const job = this.jobs.shift();
    if (job) this.helpers[i].postMessage({ kind: 'run', spec: this.spec, job });
  }

  private keep(i: number, { arm }: Job, line: string): void {
    this.shares[i] = 0;
    this.results[arm].push(line);
    this.give(i);
    this.askReport(i);
  }

  /** One report at a time; results that came meanwhile ask for another. */
  private askReport(i: number): void {
    if (this.asked) this.stale = true;
    else this.helpers[i].postMessage({ kind: 'report', spec: this.spec, results: this.results });
    this.asked = true;
  }

  private judge(report: ExperimentReport): void {
    this.report = report;
    this.asked = false;
    const again = this.stale;
    this.stale = false;
    if (again) this.askReport(0);
    else if (this.runs_done === this.runs) this.end('done');
  }

  private fail(message: string): void {
    this.problem = message;
    this.end('failed');
  }

  private end(state: RunnerState): void {
    this.state = state;
    this.shares.fill(0);
    for (const helper of this.helpers) helper.terminate();
  }
}

/** Starts an experiment on this page. */
export function startExperiment(spec: string, seeds: number, onChange: () => void): ExperimentRunner {
  const makeHelper = () => startWorker(workerUrl) as Helper;
  const runner = new ExperimentRunner(spec, seeds, makeHelper, onChange);
  runner.begin(helperCount(navigator.hardwareConcurrency));
  return runner;
}
