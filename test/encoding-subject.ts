import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEvents } from '../src/main/bids/events.ts';
import { writeNifti } from '../src/main/formats/nifti/write.ts';
import type { Grid } from '../src/main/imaging/grid.ts';
import type { RunSpec } from '../src/main/jobs/stages/bold-run.ts';
import { indexSubjectStage } from '../src/main/jobs/stages/index-subject.ts';
import { writeLatents } from '../src/main/jobs/stages/latents.ts';
import { Random } from '../src/main/math/random.ts';
import { stageContext } from './jobs/stage-context.ts';

/** What `fit-encoding` is given: a subject whose events are real or made up and whose volumes are simulated. */
export interface EncodingSubject {
  readonly runs: readonly RunSpec[];
  readonly inputs: Readonly<Record<string, string>>;
  readonly nVoxels: number;
}

export interface EncodingSubjectOptions {
  readonly shape: Grid['shape'];
  readonly nLatents: number;
  /** The text of each run's events file. */
  readonly events: readonly string[];
  /** How many different scans there are, of each length; runs beyond share their files. Default: all differ. */
  readonly nScans?: number;
}

const tR = 2;
/** Of the published study's event files. */
const roles = {
  trainFace: ['train_face'],
  testFace: ['test_face'],
  oneback: [],
  fixation: ['Fix'],
  imagery: ['Img'],
  ignore: [],
};
/** The scanner goes on for so long after the last trial. */
const blank = 6;

export async function writeEncodingSubject(
  folder: string,
  { shape, nLatents, events, nScans = events.length }: EncodingSubjectOptions,
): Promise<EncodingSubject> {
  await mkdir(folder, { recursive: true });
  const affine = Float64Array.of(
    3,
    0,
    0,
    -1.5 * shape[0],
    0,
    3,
    0,
    -1.5 * shape[1],
    0,
    0,
    3,
    -1.5 * shape[2],
    0,
    0,
    0,
    1,
  );
  const grid: Grid = { shape, affine };
  const mask = ellipsoid(shape);
  const inputs: Record<string, string> = { mask: join(folder, 'mask.nii.gz') };
  await writeNifti(inputs.mask, { grid, data: mask });
  const scanner = new Scanner(mask);
  const runs: RunSpec[] = [];
  const stimuli = new Set<string>();
  for (const [at, text] of events.entries()) {
    const name = `sub-01_task-faces_run-${String(at + 1).padStart(3, '0')}`;
    const path = join(folder, `${name}_events.tsv`);
    await writeFile(path, text);
    const { rows } = await readEvents(path);
    for (const { stimFile } of rows) if (stimFile !== null) stimuli.add(stimFile);
    const seconds = Math.max(...rows.map(({ onset, duration }) => onset + duration)) + blank;
    const nVolumes = Math.ceil(seconds / tR);
    const bold = join(folder, `scan-${at % nScans}-${nVolumes}_bold.nii.gz`);
    if (!existsSync(bold)) {
      await writeNifti(bold, { grid, data: scanner.scan(nVolumes, at), nVolumes, tR });
    }
    inputs[`${name}:bold`] = bold;
    inputs[`${name}:events`] = path;
    runs.push({ name, repetitionTime: tR });
  }
  inputs.latents = join(folder, 'latents');
  await mkdir(inputs.latents, { recursive: true });
  const codes = new Float32Array(stimuli.size * nLatents);
  new Random('codes').fillNormal(codes);
  await writeLatents(inputs.latents, { files: [...stimuli], latentDim: nLatents, codes, model: null });
  const context = await stageContext(join(folder, 'index'), { inputs });
  await indexSubjectStage.perform({ subject: '01', task: 'faces', runs, roles }, context);
  inputs.subject = context.outDir;
  return { runs, inputs, nVoxels: mask.reduce((sum, value) => sum + value, 0) };
}

/** A head that fills most of the field of view, as 1. */
function ellipsoid([nx, ny, nz]: Grid['shape']): Uint8Array {
  const mask = new Uint8Array(nx * ny * nz);
  for (let at = 0; at < mask.length; at++) {
    const [i, j, k] = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
    const inside = Math.hypot((2 * i + 1) / nx - 1, (2 * j + 1) / ny - 1, (2 * k + 1) / nz - 1) < 1.05;
    if (inside) mask[at] = 1;
  }
  return mask;
}

/** Noise of 1 % on a baseline of about 1000, correlated from volume to volume, and air around the head. */
class Scanner {
  readonly #mask: Uint8Array;
  /** So many numbers that no run is like another, and drawn once. */
  readonly #pool: Float32Array;

  constructor(mask: Uint8Array) {
    this.#mask = mask;
    this.#pool = new Float32Array(2 * mask.length + 65_537);
    new Random('noise').fillNormal(this.#pool);
  }

  scan(nVolumes: number, run: number): Int16Array {
    const nVoxels = this.#mask.length;
    const data = new Int16Array(nVoxels * nVolumes);
    const random = new Random(`run ${run}`);
    const noise = new Float32Array(nVoxels);
    for (let t = 0; t < nVolumes; t++) {
      const start = random.integer(this.#pool.length - nVoxels);
      for (let v = 0; v < nVoxels; v++) {
        noise[v] = 0.3 * noise[v] + 9.5 * this.#pool[start + v];
        data[t * nVoxels + v] = this.#mask[v] === 1 ? 900 + (v % 200) + noise[v] : Math.abs(noise[v]);
      }
    }
    return data;
  }
}
