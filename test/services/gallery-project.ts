import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '../../src/main/formats/image/encode.ts';
import { writeJsonFile } from '../../src/main/formats/json/json.ts';
import { writeSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { writeLatents } from '../../src/main/jobs/stages/latents.ts';
import { Random } from '../../src/main/math/random.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { type EntryKind, setEntry } from '../../src/main/store/entries.ts';
import { finishJob, startJob } from '../../src/main/store/jobs.ts';
import { type Evaluation, evaluationVersion, type Score } from '../../src/shared/evaluation.ts';

export interface GalleryProjectOptions {
  /** Test faces of each subject. */
  readonly faces: number;
  readonly subjects?: readonly string[];
  readonly latentDim?: number;
  /** Pixels of a picture's side. */
  readonly size?: number;
}

const regions = ['all', 'front', 'without-front'] as const;
/** Different pictures; faces share their files. */
const nPictures = 40;

/**
 * A project whose decoded faces are made up: artefacts as the stages write them, with codes drawn from a seed. Every seventh face
 * has no SSIM, and every third the same PixCorr as others.
 */
export async function writeGalleryProject(
  dir: string,
  { faces, subjects = ['01'], latentDim = 6, size = 16 }: GalleryProjectOptions,
): Promise<Workspace> {
  const workspace = Workspace.create(dir, 'Gallery');
  const names = Array.from({ length: faces }, (_, at) => `face-${String(at).padStart(6, '0')}.png`);
  const pictures = await writePictures(join(dir, 'pictures'), size);
  let made = 0;
  const artefact = async (
    kind: EntryKind,
    name: string,
    inputs: Record<string, string>,
    fill: (folder: string) => Promise<void>,
  ): Promise<string> => {
    made += 1;
    const hash = made.toString(16).padStart(32, '0');
    const folder = join(workspace.store.artifactsDir, hash);
    await mkdir(folder, { recursive: true });
    await fill(folder);
    const { sql } = workspace.store;
    const job = {
      key: hash,
      stage: kind,
      stageVersion: 1,
      label: name,
      parameters: {},
      inputs,
      appVersion: '0',
    };
    startJob(sql, job);
    const cost = { seconds: 1, peakRssBytes: 1 };
    finishJob(sql, hash, { hash, bytes: 1 }, { summary: {}, problems: [], metrics: [] }, cost);
    setEntry(sql, { kind, name, jobKey: hash, source: null });
    return hash;
  };
  const share = async (folder: string, shift: number) => {
    await mkdir(folder, { recursive: true });
    for (const [at, name] of names.entries())
      await link(pictures[(at + shift) % nPictures], join(folder, name));
  };
  for (const subject of subjects) {
    const random = new Random(`gallery ${subject}`);
    const targets = normal(random, faces * latentDim);
    const latents = await artefact('latents', `vaegan/stimuli-${subject}-${size}px`, {}, (folder) =>
      writeLatents(folder, { files: names, latentDim, codes: targets, model: null }),
    );
    const decoded = await artefact('decoding', `${subject}/vaegan`, { latents }, async (folder) => {
      const noisy = (share: number) =>
        normal(random, targets.length).map((noise, at) => targets[at] + share * noise);
      await writeSafetensorsFile(
        join(folder, 'decoded.safetensors'),
        Object.fromEntries(
          regions.map((name, at) => [`test:${name}`, { shape: [faces, latentDim], data: noisy(0.5 + at) }]),
        ),
      );
      await writeJsonFile(join(folder, 'decoded.json'), {
        subject,
        testFaces: names,
        latentDim,
        regions: regions.map((name) => ({
          name,
          nVoxels: 100,
          ...(name.startsWith('without-') ? { excluded: 'front' } : {}),
        })),
        hasImagery: false,
      });
      await share(join(folder, 'reconstructions'), 1);
    });
    await artefact('evaluation', `${subject}/vaegan`, { decoded, latents }, async (folder) => {
      await writeJsonFile(
        join(folder, 'evaluation.json'),
        evaluationOf(subject, names, random, { latentDim, size }),
      );
      await share(join(folder, 'original'), 0);
      await share(join(folder, 'own'), 2);
    });
  }
  return workspace;
}

function normal(random: Random, count: number): Float32Array {
  const values = new Float32Array(count);
  random.fillNormal(values);
  return values;
}

async function writePictures(folder: string, size: number): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const random = new Random('pictures');
  return Promise.all(
    Array.from({ length: nPictures }, async (_, at) => {
      const [red, green, blue] = [0, 1, 2].map(() => random.integer(200));
      const pixels = Uint8Array.from({ length: size * size * 3 }, (_value, i) => {
        const row = Math.floor(i / (3 * size));
        return [red, green, blue][i % 3] + Math.floor((50 * row) / size);
      });
      const file = join(folder, `${at}.png`);
      await writeFile(file, await encodePng(pixels, size, size));
      return file;
    }),
  );
}

function evaluationOf(
  subject: string,
  names: readonly string[],
  random: Random,
  { latentDim, size }: { readonly latentDim: number; readonly size: number },
): Evaluation {
  const n = names.length;
  const score: Score = { value: 0.9, lower: 0.8, upper: 1, p: 0.01, chance: 0.5, n };
  const pictures = {
    ssim: { ...score, chance: 0.3 },
    ssimPublished: score,
    pixCorr: { ...score, chance: 0.2 },
  };
  return {
    version: evaluationVersion,
    subject,
    decoder: 'pseudo-inverse',
    model: { name: 'vaegan', kind: 'vaegan', latentDim, imageSize: size },
    nTestFaces: n,
    regions: regions.map((name) => ({
      name,
      nVoxels: 100,
      ...(name.startsWith('without-') ? { excluded: 'front' } : {}),
      pairwise: score,
      nWay: score,
      retrieval: [],
      gender: null,
      genderPublished: null,
      imagery: null,
    })),
    decoded: pictures,
    own: pictures,
    features: [],
    trueGender: null,
    trueGenderPublished: null,
    faces: names.map((stimulus, at) => ({
      stimulus,
      pairwise: random.uniform(),
      rank: 1 + random.integer(n),
      ssim: at % 7 === 0 ? null : random.uniform(),
      pixCorr: at % 3 === 0 ? 0.5 : random.uniform(),
    })),
  };
}
