import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../shared/errors.ts';
import { enginesFolder } from '../engine/native/home.ts';
import { readJsonFile, writeJsonFile } from '../formats/json/json.ts';

const settingsSchema = z.looseObject({
  /** The engine to compute on where a command and the environment name none. */
  engine: z.enum(['auto', 'native', 'webgpu', 'wasm']).optional(),
  /** Threads of the engine; absent: as many as the process may use. */
  threads: z.number().int().min(1).max(1024).optional(),
});

/** What a user has set for every project; what another version of Fusiform has added is kept. */
export type Settings = z.output<typeof settingsSchema>;

/** In the user's data folder, beside the engines: `$FUSIFORM_HOME`, else `~/.local/share/fusiform`. */
export function settingsPath(): string {
  return join(dirname(enginesFolder()), 'settings.json');
}

/** @throws FusiformError SETTINGS_INVALID, FILE_UNREADABLE */
export async function readSettings(): Promise<Settings> {
  const file = settingsPath();
  if (!existsSync(file)) return {};
  const content = await readJsonFile(file).catch((cause: unknown) => {
    if (!(cause instanceof FusiformError) || cause.code === 'FILE_UNREADABLE') throw cause;
    throw new FusiformError('SETTINGS_INVALID', cause.message, { file, cause });
  });
  const parsed = settingsSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new FusiformError('SETTINGS_INVALID', z.prettifyError(parsed.error), { file });
}

/** Changes some settings, the file whole or not at all; undefined takes one out. A file that was broken is replaced. */
export async function changeSettings(changes: {
  readonly engine: Settings['engine'];
  readonly threads: Settings['threads'];
}): Promise<Settings> {
  const before = await readSettings().catch((error: unknown) => {
    if (error instanceof FusiformError && error.code === 'SETTINGS_INVALID') return {};
    throw error;
  });
  const settings = settingsSchema.parse({ ...before, ...changes });
  await mkdir(dirname(settingsPath()), { recursive: true });
  await writeJsonFile(settingsPath(), settings);
  return settings;
}
