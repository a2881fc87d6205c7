import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { databaseName } from '../../store/project.ts';
import { settingsPath } from '../settings.ts';
import { projectIdOf } from './project-id.ts';

const recentSchema = z.array(z.object({ dir: z.string(), name: z.string(), openedAt: z.string() }));
type Recent = z.output<typeof recentSchema>[number];

/** More nobody looks through. */
const kept = 50;

/** The projects that were opened last, beside the user's settings. A list that cannot be read is begun anew. */
export class RecentProjects {
  readonly #file: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(file = join(dirname(settingsPath()), 'recent-projects.json')) {
    this.#file = file;
  }

  async list(): Promise<(Recent & { readonly id: string; readonly exists: boolean })[]> {
    await this.#writing;
    return (await this.#read()).map((recent) => ({
      ...recent,
      id: projectIdOf(recent.dir),
      exists: existsSync(join(recent.dir, databaseName)),
    }));
  }

  /** Puts a project first. */
  async remember(dir: string, name: string): Promise<void> {
    await this.#change((list) => [
      { dir, name, openedAt: new Date().toISOString() },
      ...list.filter((recent) => recent.dir !== dir),
    ]);
  }

  async forget(id: string): Promise<void> {
    await this.#change((list) => list.filter((recent) => projectIdOf(recent.dir) !== id));
  }

  async #read(): Promise<Recent[]> {
    const content = await readJsonFile(this.#file).catch(() => []);
    return recentSchema.catch([]).parse(content);
  }

  async #change(change: (list: Recent[]) => Recent[]): Promise<void> {
    const turn = this.#writing.then(async () => {
      const list = change(await this.#read()).slice(0, kept);
      await mkdir(dirname(this.#file), { recursive: true });
      await writeJsonFile(this.#file, list);
    });
    // A list that could not be written costs a convenience, not the opening.
    this.#writing = turn.catch(() => undefined);
    await this.#writing;
  }
}
