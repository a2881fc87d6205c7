import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { rasterise } from '../../src/main/formats/image/rasterise.ts';
import type { Overlap } from '../../src/main/jobs/faces/overlap.ts';
import { Random } from '../../src/main/math/random.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { refuseImageryOverlap } from '../../src/main/services/leakage.ts';
import { fitPcaModel } from '../../src/main/services/models.ts';
import { addSubject, fitEncoding } from '../../src/main/services/subjects.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { drawFace } from '../../src/main/simulation/face-drawing.ts';
import { sampleFace } from '../../src/main/simulation/faces.ts';
import { listJobs } from '../../src/main/store/jobs.ts';
import type { FusiformError } from '../../src/shared/errors.ts';
import { writeFaceStudy } from './face-study-fixture.ts';
import { freshFolder } from './fresh-folder.ts';

const training = [1, 2].flatMap((run) => [1, 2, 3, 4].map((face) => `r${run}/a${face}.png`));
const tests = ['r/t1.png', 'r/t2.png'];

describe('faces that were learnt from', () => {
  const folder = freshFolder();
  const bids = join(folder.path, 'bids');
  const stimuli = join(bids, 'stimuli');
  const portraits = join(folder.path, 'portraits');
  let workspace: Workspace;

  const face = async (seed: string) => rasterise(drawFace(sampleFace(new Random('leakage').fork(seed)), 80));
  const draw = async (path: string, seed: string) => writeFile(path, await face(seed));

  before(async () => {
    await writeFaceStudy(bids);
    for (const dir of ['r', 'r1', 'r2', 'c']) await mkdir(join(stimuli, dir), { recursive: true });
    await mkdir(portraits);
    for (let at = 0; at < 12; at++) await draw(join(portraits, `${at}.png`), `portrait ${at}`);
    workspace = Workspace.create(join(folder.path, 'project'), 'leakage');
  });
  after(async () => {
    await workspace.close();
    await folder.remove();
  });

  /** The stimuli as they should be, all different. */
  async function freshStimuli(): Promise<void> {
    for (const name of [...training, ...tests, 'c/c1.png', 'c/c2.png']) await draw(join(stimuli, name), name);
  }

  async function fit(allowNear = false) {
    await importFaces(workspace, { dir: portraits, name: 'faces', imageSize: 32, crop: 0.8 });
    await fitPcaModel(workspace, {
      faces: 'faces',
      name: 'pca',
      imageSize: 32,
      latentDim: 2,
      engine: 'wasm',
      seed: 1,
      heldOut: 0.25,
    });
    await addSubject(workspace, { bids, subject: '01' });
    return fitEncoding(workspace, {
      subject: '01',
      model: 'pca',
      settings: { driftModel: 'none' },
      noise: 'ols',
      engine: 'wasm',
      crop: 0.8,
      allowNear,
    });
  }

  const isLeak = (code: string, expected: readonly (readonly string[])[]) => (error: FusiformError) => {
    assert.equal(error.code, code, error.message);
    const pairs = error.details?.pairs as Overlap[];
    const found = pairs.map(({ test, other, likeness }) => [test, other, likeness]);
    assert.deepEqual(found.sort(), [...expected].sort());
    for (const { other } of pairs) assert.ok(error.message.includes(other), error.message);
    return true;
  };
  const glmJobs = () => listJobs(workspace.store.sql).filter(({ stage }) => stage === 'fit-encoding');

  it('refuses test faces with the pixels of training faces, or nearly so, before any model is fitted', async () => {
    await freshStimuli();
    // The same file under another name; another encoding, size and brightness of the same picture; its mirror image.
    await copyFile(join(stimuli, 'r1/a2.png'), join(stimuli, 'r/t1.png'));
    const worse = sharp(await face('r/t2.png'))
      .linear(0.9, 6)
      .jpeg({ quality: 60 });
    await writeFile(
      join(stimuli, 'r2/a3.png'),
      await sharp(await worse.toBuffer())
        .resize(112)
        .png()
        .toBuffer(),
    );
    await writeFile(
      join(stimuli, 'r1/a4.png'),
      await sharp(await face('r/t1.png'))
        .png()
        .toBuffer(),
    );
    await writeFile(
      join(stimuli, 'r2/a4.png'),
      await sharp(await face('r1/a2.png'))
        .flop()
        .png()
        .toBuffer(),
    );
    const pairs = [
      ['r/t1.png', 'r1/a2.png', 'same pixels'],
      ['r/t1.png', 'r2/a4.png', 'mirrored'],
      ['r/t2.png', 'r2/a3.png', 'near'],
    ] as const;
    await assert.rejects(fit(), isLeak('LEAKAGE_TRAIN_TEST', pairs));
    assert.equal(glmJobs().length, 0);
    // The same pixels are refused whatever is allowed.
    await assert.rejects(fit(true), isLeak('LEAKAGE_TRAIN_TEST', pairs.slice(0, 1)));
  });

  it('lists, where that is allowed, pictures that are nearly the same, and faces that the model learnt from', async () => {
    await freshStimuli();
    const jpeg = await sharp(await face('r/t2.png'))
      .jpeg({ quality: 70 })
      .toBuffer();
    await writeFile(join(stimuli, 'r2/a3.png'), await sharp(jpeg).png().toBuffer());
    for (let at = 0; at < 12; at++)
      await copyFile(join(stimuli, 'r/t1.png'), join(portraits, `copy ${at}.png`));
    const { problems } = await fit(true);
    const pairsOf = (code: string) =>
      problems
        .filter((problem) => problem.code === code)
        .flatMap(({ details }) => details?.pairs as Overlap[]);
    assert.deepEqual(
      pairsOf('LEAKAGE_NEAR_ALLOWED').map(({ test, other }) => [test, other]),
      [['r/t2.png', 'r2/a3.png']],
    );
    const learnt = pairsOf('LEAKAGE_MODEL_FACES');
    assert.ok(
      learnt.length > 0 &&
        learnt.every(({ test, likeness }) => test === 'r/t1.png' && likeness === 'same pixels'),
    );
    // Those that the model held out do not count.
    const held = 24 - Math.round(24 * 0.25);
    assert.ok(learnt.length <= 12 && learnt.length >= held - 12);
  });

  it('refuses candidates for imagery that were training faces', async () => {
    const candidates = ['c/c1.png', 'c2.png', 'r2/a1.png'];
    const request = { subject: '01', faces: 'stimuli-01-32px' };
    await assert.rejects(
      refuseImageryOverlap(workspace, request, candidates),
      isLeak('LEAKAGE_IMAGERY_TRAIN', [['r2/a1.png', 'r2/a1.png', 'same file']]),
    );
    assert.deepEqual(await refuseImageryOverlap(workspace, request, candidates.slice(0, 2)), []);
  });
});
