import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { databaseName, markerName } from '../../store/project.ts';

export { databaseName, markerName };

export function isProjectFolder(dir: string): boolean {
  return existsSync(join(dir, databaseName));
}
