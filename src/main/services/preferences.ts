import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Preferences, preferencesSchema } from '../../shared/preferences.ts';
import { readJsonFile, writeJsonFile } from '../formats/json/json.ts';
import { settingsPath } from './settings.ts';

/** Beside the settings: one user's, for all projects. */
export function preferencesPath(): string {
  return join(dirname(settingsPath()), 'preferences.json');
}

/** What the user prefers. A file that is not there or broken costs a convenience: it reads as the defaults. */
export async function readPreferences(): Promise<Preferences> {
  const content = await readJsonFile(preferencesPath()).catch(() => ({}));
  return preferencesSchema.catch(preferencesSchema.parse({})).parse(content);
}

let writing: Promise<unknown> = Promise.resolve();

/** Changes some of it, one change after another, so that two windows never lose each other's. */
export function changePreferences(changes: Partial<Preferences>): Promise<Preferences> {
  const turn = writing.then(async () => {
    const preferences = { ...(await readPreferences()), ...changes };
    await mkdir(dirname(preferencesPath()), { recursive: true });
    await writeJsonFile(preferencesPath(), preferences);
    return preferences;
  });
  writing = turn.catch(() => undefined);
  return turn;
}
