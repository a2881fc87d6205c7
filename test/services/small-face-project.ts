import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rasterise } from '../../src/main/formats/image/rasterise.ts';
import { writeTsvFile } from '../../src/main/formats/tsv/write.ts';
import { Random } from '../../src/main/math/random.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { fitPcaModel, trainModel, vaeGanConfigFor } from '../../src/main/services/models.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { drawFace } from '../../src/main/simulation/face-drawing.ts';
import { sampleFace } from '../../src/main/simulation/faces.ts';

export const engine = 'wasm';

/** Pictures of simulated people, and a table of what is true of them. */
export async function writePortraits(dir: string, count: number, seed = 'portraits'): Promise<void> {
  await mkdir(dir, { recursive: true });
  const random = new Random(seed);
  const rows: (string | number)[][] = [];
  for (let at = 0; at < count; at++) {
    const face = sampleFace(random.fork(at));
    const file = `${String(at + 1).padStart(4, '0')}.png`;
    await writeFile(join(dir, file), await rasterise(drawFace(face, 40)));
    const background = face.backgroundLightness;
    rows.push([
      file,
      face.male ? 1 : -1,
      background > 0 ? 1 : -1,
      background > 0.3 ? 'bright' : background < -0.3 ? 'dark' : 'middle',
      background.toFixed(4),
      at % 5 === 0 ? 'n/a' : face.beard > 0 ? 1 : -1,
      at === 0 ? 1 : -1,
      `person ${Math.floor(at / 2)}`,
    ]);
  }
  const columns = ['file', 'Male', 'Bright', 'Light', 'Lightness', 'Beard', 'First', 'identity'];
  await writeTsvFile(join(dir, 'labels.tsv'), columns, rows);
}

/** A project with 120 labelled faces and two small models of them: components, and a VAE-GAN hardly trained. */
export function openSmallFaceProject(dir: string): Promise<Workspace> {
  const workspace = Workspace.create(join(dir, 'project'), 'small');
  return fill(workspace, join(dir, 'portraits'));
}

async function fill(workspace: Workspace, portraits: string): Promise<Workspace> {
  await writePortraits(portraits, 120);
  await importFaces(workspace, {
    dir: portraits,
    labels: [join(portraits, 'labels.tsv')],
    name: 'faces',
    imageSize: 64,
    crop: 0.9,
  });
  const shared = { faces: 'faces', engine, seed: 1, heldOut: 0.2 } as const;
  await fitPcaModel(workspace, { ...shared, name: 'pca', imageSize: 32, latentDim: 12 });
  const config = vaeGanConfigFor('tiny', { latents: 6, steps: 10 });
  await trainModel(workspace, { ...shared, name: 'vaegan', config });
  return workspace;
}
