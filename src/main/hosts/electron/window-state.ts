import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(400),
  height: z.number().int().min(300),
});
export type Bounds = z.output<typeof boundsSchema>;

const stateSchema = z.object({
  bounds: boundsSchema.nullable(),
  maximized: z.boolean(),
  /** Where the window was in the application: it comes back there, after a crash too. */
  address: z.string().startsWith('/').max(4096),
});
export type WindowState = z.output<typeof stateSchema>;

export const firstState: WindowState = { bounds: null, maximized: false, address: '/' };

/** Pixels of a window that must lie on a display for it to be within reach. */
const reachable = 64;

/** What was kept, as far as it still fits: a display may be gone. */
export function readWindowState(file: string, displays: readonly Bounds[]): WindowState {
  let kept: WindowState;
  try {
    kept = stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return firstState;
  }
  const { bounds } = kept;
  const isSeen = bounds !== null && displays.some((display) => overlap(bounds, display));
  return isSeen ? kept : { ...kept, bounds: null };
}

export async function writeWindowState(file: string, state: WindowState): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.partial`, JSON.stringify(state));
  await rename(`${file}.partial`, file);
}

function overlap(window: Bounds, display: Bounds): boolean {
  const width = Math.min(window.x + window.width, display.x + display.width) - Math.max(window.x, display.x);
  const height =
    Math.min(window.y + window.height, display.y + display.height) - Math.max(window.y, display.y);
  return width >= reachable && height >= reachable;
}
