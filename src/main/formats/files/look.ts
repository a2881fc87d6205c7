import { readdir, stat } from 'node:fs/promises';

/** What stands at a path, links followed; null where nothing does, or nothing that may be looked at. */
export async function kindOf(path: string): Promise<'file' | 'folder' | null> {
  const stats = await stat(path).catch(() => null);
  return stats === null ? null : stats.isDirectory() ? 'folder' : 'file';
}

/** Names of the folders in a folder, links among them; empty where there is no such folder. */
export async function folderNames(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => !entry.isFile()).map(({ name }) => name);
}
