import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { simulateStudyStage } from '../../src/main/jobs/stages/simulate-study.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { fitPcaModel, trainModel, vaeGanConfigFor } from '../../src/main/services/models.ts';
import { Workspace } from '../../src/main/services/workspace.ts';

export interface SimulatedStudy {
  readonly bids: string;
  /** By label: what only the simulation knows. */
  readonly imagery: Readonly<Record<string, { imagined: string; candidates: string[] }>>;
}

/** A tiny project with labelled faces and two latent models, and a dataset of several simulated subjects beside it. */
export async function severalSubjects(
  projectDir: string,
  bids: string,
  labels: readonly string[],
): Promise<SimulatedStudy> {
  return Workspace.useOrCreate(projectDir, 'study', {}, async (workspace) => {
    const imagery: Record<string, { imagined: string; candidates: string[] }> = {};
    for (const [at, label] of labels.entries()) {
      const { path, summary } = await workspace.run({
        stage: simulateStudyStage,
        label: `simulate ${label}`,
        parameters: {
          seed: at + 1,
          nPortraits: at === 0 ? 60 : 1,
          nRuns: 3,
          testPresentations: 2,
          shuffleEvents: false,
          imageSize: 40,
        },
        inputs: {},
      });
      if (at === 0) await makeModels(workspace, join(path, 'faces'));
      await addTo(bids, join(path, 'bids'), label);
      const { imagined, candidates } = summary as { imagined: string; candidates: string[] };
      imagery[label] = {
        imagined: renamed(imagined, label),
        candidates: candidates.map((face) => renamed(face, label)),
      };
    }
    return { bids, imagery };
  });
}

async function makeModels(workspace: Workspace, faces: string): Promise<void> {
  await importFaces(workspace, {
    dir: faces,
    labels: [join(faces, 'labels.tsv')],
    name: 'faces',
    imageSize: 32,
    crop: 0.8,
  });
  const shared = { faces: 'faces', engine: 'wasm', seed: 1, heldOut: 0.1 } as const;
  const config = vaeGanConfigFor('tiny', { latents: 4, steps: 4 });
  await trainModel(workspace, { ...shared, name: 'vaegan', config });
  await fitPcaModel(workspace, { ...shared, name: 'pca', imageSize: 32, latentDim: 4 });
}

const renamed = (text: string, label: string) => text.replaceAll('sub01/', `sub${label}/`);

/** Copies the dataset of subject 01 into another one under another label. */
async function addTo(bids: string, from: string, label: string): Promise<void> {
  await mkdir(bids, { recursive: true });
  const labelsFile = join(bids, 'stimuli', 'labels.tsv');
  const before = await readFile(labelsFile, 'utf8').catch(() => '');
  const files = await readdir(from, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const source = join(file.parentPath, file.name);
    const target = join(
      bids,
      source
        .slice(from.length + 1)
        .replaceAll('sub-01', `sub-${label}`)
        .replaceAll('sub01/', `sub${label}/`),
    );
    await mkdir(dirname(target), { recursive: true });
    await cp(source, `${target}.part`);
    await rename(`${target}.part`, target);
    if (!/(_events|labels)\.tsv$/.test(basename(target))) continue;
    const text = renamed(await readFile(source, 'utf8'), label);
    const isLabels = basename(target) === 'labels.tsv';
    await writeFile(
      target,
      isLabels ? before + (before === '' ? text : text.slice(text.indexOf('\n') + 1)) : text,
    );
  }
}
