import type { Progress } from './progress.ts';

export interface Pace {
  /** Units a second, over the last while; null until it can be told. */
  readonly rate: number | null;
  /** Seconds left at that rate; null until it can be told. */
  readonly etaSeconds: number | null;
}

/** Turns reports into a rate and a time left. Looks back a window of time, since stages speed up and slow down. */
export class ProgressMeter {
  readonly #windowSeconds: number;
  readonly #samples: { at: number; done: number }[] = [];

  constructor(windowSeconds = 20) {
    this.#windowSeconds = windowSeconds;
  }

  /** `now` in seconds, from any steady clock. */
  update(progress: Progress, now: number): Pace {
    const samples = this.#samples;
    // A count that went back belongs to a new pass (a second model, a second contrast): start afresh.
    if (samples.length > 0 && progress.done < samples[samples.length - 1].done) samples.length = 0;
    samples.push({ at: now, done: progress.done });
    while (samples.length > 2 && now - samples[1].at > this.#windowSeconds) samples.shift();
    const seconds = now - samples[0].at;
    const units = progress.done - samples[0].done;
    if (seconds <= 0 || units <= 0) return { rate: null, etaSeconds: null };
    const rate = units / seconds;
    return { rate, etaSeconds: Math.max(0, progress.total - progress.done) / rate };
  }
}

/** `1 h 05 min`, `2 min 10 s`, `8 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** Three significant digits: `0.0123`, `12.3`, `1230`. */
export function formatRate(rate: number): string {
  return rate >= 100 ? String(Math.round(rate)) : Number(rate.toPrecision(3)).toString();
}
