import { join } from 'node:path';
import { type ImageryResult, imageryResultSchema } from '../../../shared/imagery.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';

const fileName = 'imagery.json';

export async function readImageryResult(folder: string): Promise<ImageryResult> {
  return imageryResultSchema.parse(await readJsonFile(join(folder, fileName)));
}

export function writeImageryResult(folder: string, result: ImageryResult): Promise<void> {
  return writeJsonFile(join(folder, fileName), result);
}
