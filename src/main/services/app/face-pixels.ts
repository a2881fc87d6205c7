import { join } from 'node:path';
import { type NpyRows, openNpyRows } from '../../formats/npy/rows.ts';
import { faceSetFiles } from '../../jobs/stages/face-set.ts';

/** Sets whose files stay open. */
const keptOpen = 8;

/** The pixels of face sets, mapped once and kept open while they are looked at. */
export class FacePixels {
  /** By folder, the one that was used last at the end. */
  readonly #open = new Map<string, Promise<NpyRows>>();

  /** `uint8 [count, size, size, 3]` @throws FusiformError as `openNpyRows` */
  async rows(folder: string): Promise<NpyRows> {
    const rows = this.#open.get(folder) ?? openNpyRows(join(folder, faceSetFiles.pixels));
    this.#open.delete(folder);
    this.#open.set(folder, rows);
    rows.catch(() => this.#open.delete(folder));
    if (this.#open.size > keptOpen) this.#forgetOldest();
    return rows;
  }

  close(): void {
    while (this.#open.size > 0) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [oldest] = this.#open;
    if (oldest === undefined) return;
    this.#open.delete(oldest[0]);
    // Not closed here: a picture may be on its way out of it. The collector gives it back.
  }
}
