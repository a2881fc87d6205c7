import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { databaseName } from '../../store/project.ts';

export { databaseName };

export function isProjectFolder(dir: string): boolean {
  return existsSync(join(dir, databaseName));
}
