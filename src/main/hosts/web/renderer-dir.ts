import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where the built renderer is: beside the sources in a clone, beside the bundle in a package. */
export function findRenderer(from = import.meta.dirname): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'out', 'renderer');
    if (existsSync(join(candidate, 'index.html'))) return candidate;
    if (dirname(folder) === folder) return null;
  }
}
