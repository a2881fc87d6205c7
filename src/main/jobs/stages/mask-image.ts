import { readVolume } from '../../formats/nifti/read.ts';
import { writeNifti } from '../../formats/nifti/write.ts';
import { type Mask, maskFromVolume, unmask } from '../../imaging/mask.ts';

/** A mask as an image of 0 and 1. */
export async function writeMaskImage(path: string, mask: Mask): Promise<void> {
  const { grid, data } = unmask(new Float32Array(mask.indices.length).fill(1), mask);
  await writeNifti(path, { grid, data: Uint8Array.from(data) });
}

export async function readMaskImage(path: string): Promise<Mask> {
  return maskFromVolume(await readVolume(path));
}
