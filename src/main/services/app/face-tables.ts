import { join } from 'node:path';
import { type FaceColumns, rowOf, rowsWhere } from '../../jobs/faces/face-columns.ts';
import { readFaceColumns } from '../../jobs/faces/read-face-columns.ts';
import { faceSetFiles } from '../../jobs/stages/face-set.ts';

export { type FaceColumns, rowOf, rowsWhere };

/** Tables that are kept: of 200,000 faces with 40 labels each, 50 MB. */
const kept = 2;

/** What is known of the faces of sets, read once and kept while they are looked at. */
export class FaceTables {
  /** By folder, the one that was used last at the end. */
  readonly #tables = new Map<string, Promise<FaceColumns>>();

  columns(folder: string): Promise<FaceColumns> {
    const columns = this.#tables.get(folder) ?? readFaceColumns(join(folder, faceSetFiles.table));
    this.#tables.delete(folder);
    this.#tables.set(folder, columns);
    columns.catch(() => this.#tables.delete(folder));
    const [oldest] = this.#tables.keys();
    if (this.#tables.size > kept && oldest !== undefined) this.#tables.delete(oldest);
    return columns;
  }
}
