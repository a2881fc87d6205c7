import type { JobEvent } from '../../../shared/job-events.ts';
import type { Progress } from '../../../shared/progress.ts';
import { formatDuration, formatRate, ProgressMeter } from '../../../shared/progress-meter.ts';

/** Where nobody watches (a log file), a line now and then is enough. */
const logIntervalMs = 5000;
const widestBar = 24;
const narrowestBar = 6;

/** Shows what jobs do on the error stream: one line that moves on a terminal, a line now and then in a log. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  #meter = new ProgressMeter();
  #job = '';
  #lastLog = 0;
  #drawn = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  show(event: JobEvent): void {
    if (event.type === 'started') {
      this.#begin(event.key);
      if (event.liveFolder !== undefined)
        this.#stream.write(`  to watch while it runs: ${event.liveFolder}\n`);
    } else if (event.type === 'progress') this.#move(event.key, event.label, event.progress);
    else this.#finish(event);
  }

  /** Progress of work that is not a job of a project. */
  report(label: string, progress: Progress): void {
    if (this.#job !== label) this.#begin(label);
    this.#move(label, label, progress);
  }

  /** Leaves the terminal as other output expects it. */
  clear(): void {
    if (this.#drawn) this.#stream.write('\r\x1b[K');
    this.#drawn = false;
  }

  #begin(job: string): void {
    this.#meter = new ProgressMeter();
    this.#job = job;
    this.#lastLog = performance.now();
  }

  #move(job: string, label: string, progress: Progress): void {
    if (job !== this.#job) this.#begin(job);
    const pace = this.#meter.update(progress, performance.now() / 1000);
    const parts = [`${progress.done}/${progress.total} ${progress.unit}`];
    if (pace.rate !== null) parts.push(`${formatRate(pace.rate)} ${progress.unit}/s`);
    if (pace.etaSeconds !== null) parts.push(`${formatDuration(pace.etaSeconds)} left`);
    if (progress.note) parts.push(progress.note);
    if (this.#stream.isTTY) {
      this.#stream.write(
        `\r\x1b[K${drawLine(label, progress, parts.join('  '), this.#stream.columns || 80)}`,
      );
      this.#drawn = true;
    } else if (performance.now() - this.#lastLog >= logIntervalMs) {
      this.#lastLog = performance.now();
      this.#stream.write(`  ${label}: ${parts.join(', ')}\n`);
    }
  }

  #finish(event: Extract<JobEvent, { type: 'finished' }>): void {
    this.clear();
    const how = event.cached ? 'already done' : formatDurationShort(event.seconds);
    this.#stream.write(`✓ ${event.label.padEnd(40)} ${how}\n`);
  }
}

function formatDurationShort(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
}

/** Figures matter most: where the terminal is narrow the bar gives way, then the end of the line. */
function drawLine(label: string, { done, total }: Progress, figures: string, columns: number): string {
  const width = Math.min(widestBar, columns - label.length - figures.length - 4);
  if (width < narrowestBar) return `${label}  ${figures}`.slice(0, columns - 1);
  const filled = Math.round((width * done) / Math.max(1, total));
  return `${label} ${'━'.repeat(filled)}${'─'.repeat(width - filled)} ${figures}`;
}
