/** A time as people tell it today: the hour of today, else the day and the hour, in the zone of the reader. */
export function shortTime(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const hour = `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.toDateString() === now.toDateString()) return `today ${hour}`;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${hour}`;
}
