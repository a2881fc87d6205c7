import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes files below a folder; a content that begins with `->` becomes a link to what follows. */
export async function writeTree(root: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [relative, content] of Object.entries(files)) {
    const path = join(root, relative);
    await mkdir(dirname(path), { recursive: true });
    if (content.startsWith('->')) await symlink(content.slice(2), path);
    else await writeFile(path, content);
  }
  return root;
}

/** Files with the same content. */
export function filled(names: readonly string[], content = 'x'): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, content]));
}
