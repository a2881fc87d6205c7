export { formatDuration as duration, formatRate as rate } from '../../shared/progress-meter.ts';
