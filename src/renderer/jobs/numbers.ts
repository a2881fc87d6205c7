import { formatDuration, formatRate } from '../../shared/progress-meter.ts';

export { formatRate as rate };

/** A duration; one that is no whole second says so. */
export function duration(seconds: number): string {
  return seconds > 0 && seconds < 1 ? '< 1 s' : formatDuration(seconds);
}
