import { join } from 'node:path';
import { encodePng } from '../../formats/image/encode.ts';
import { type Decoded, readDecoded } from '../../jobs/stages/decode-patterns.ts';
import type { Explorer } from '../explorer.ts';

/** Faces that are decoded together: a screenful costs one request to the model. */
const facesAtOnce = 32;
/** Groups of faces whose pictures are kept, the one used last at the end. */
const keptGroups = 24;

interface Group {
  readonly pictures: readonly Uint8Array[];
  readonly imageSize: number;
}

/** Pictures of what regions decode: only those of all voxels are kept as files, others are made when they are looked at. */
export class RegionPictures {
  readonly #artifactsDir: string;
  readonly #explorer: Explorer;
  readonly #groups = new Map<string, Promise<Group>>();
  #last: { readonly folder: string; readonly decoded: Promise<Decoded> } | null = null;

  constructor(artifactsDir: string, explorer: Explorer) {
    this.#artifactsDir = artifactsDir;
    this.#explorer = explorer;
  }

  /**
   * @param hashes of the decoded codes and of their model @param row of the test face
   * @returns PNG; null where there is no such region or face
   * @throws FusiformError as reading the codes and decoding them
   */
  async png(
    hashes: { readonly decoding: string; readonly model: string },
    region: string,
    row: number,
  ): Promise<Uint8Array | null> {
    const folder = join(this.#artifactsDir, hashes.decoding);
    const { description, regions } = await this.#decoded(folder);
    const found = regions.find(({ name }) => name === region);
    if (found === undefined || row >= description.testFaces.length) return null;
    const first = row - (row % facesAtOnce);
    const { latentDim } = description;
    const { pictures, imageSize } = await this.#group(
      `${hashes.decoding} ${hashes.model} ${region} ${first}`,
      () =>
        this.#explorer.decode(
          hashes.model,
          found.test.slice(first * latentDim, (first + facesAtOnce) * latentDim),
          { place: null, limit: facesAtOnce },
        ),
    );
    return encodePng(pictures[row - first], imageSize, imageSize);
  }

  #decoded(folder: string): Promise<Decoded> {
    if (this.#last?.folder === folder) return this.#last.decoded;
    const decoded = readDecoded(folder);
    this.#last = { folder, decoded };
    decoded.catch(() => {
      this.#last = null;
    });
    return decoded;
  }

  #group(key: string, make: () => Promise<Group>): Promise<Group> {
    const group = this.#groups.get(key) ?? make();
    this.#groups.delete(key);
    this.#groups.set(key, group);
    group.catch(() => this.#groups.delete(key));
    const [oldest] = this.#groups.keys();
    if (this.#groups.size > keptGroups && oldest !== undefined) this.#groups.delete(oldest);
    return group;
  }
}
