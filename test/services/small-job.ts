import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { EngineKind } from '../../src/main/services/engines.ts';
import { fitPcaModel } from '../../src/main/services/models.ts';
import type { StageOutcome, Workspace } from '../../src/main/services/workspace.ts';

/** Six pictures of one colour each, in a new folder. */
export async function writePictures(home: string): Promise<string> {
  const folder = join(home, 'pictures');
  await mkdir(folder);
  for (let i = 0; i < 6; i++) {
    const background = { r: 40 * i, g: 255 - 30 * i, b: (90 * i) % 256 };
    const picture = sharp({ create: { width: 16, height: 16, channels: 3, background } });
    await picture.png().toFile(join(folder, `${i}.png`));
  }
  return folder;
}

/** The smallest job that computes on an engine, over the set `faces`. */
export function fitSmallPca(workspace: Workspace, engine: EngineKind): Promise<StageOutcome> {
  return fitPcaModel(workspace, {
    faces: 'faces',
    name: 'pca',
    imageSize: 16,
    latentDim: 2,
    engine,
    seed: 1,
    heldOut: 0,
  });
}
