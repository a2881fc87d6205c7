import { join } from 'node:path';
import {
  type AttributeReadingRow,
  type DecodedAttributes,
  decodedAttributesSchema,
} from '../../../shared/decoded-attributes.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';

const fileName = 'attributes.json';

export async function readDecodedAttributes(folder: string): Promise<DecodedAttributes> {
  return decodedAttributesSchema.parse(await readJsonFile(join(folder, fileName)));
}

export function writeDecodedAttributes(folder: string, result: DecodedAttributes): Promise<void> {
  return writeJsonFile(join(folder, fileName), result);
}

/** Where one face lies on one rule's axis. */
export interface PositionRow extends Pick<AttributeReadingRow, 'attribute' | 'codes' | 'region' | 'rule'> {
  readonly face: string;
  /** 1 in the class, 0 outside; of a number its value. */
  readonly truth: number;
  readonly position: number;
}
