import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { rowCorrelations } from '../../src/main/decoding/correlations.ts';
import { readDecoded } from '../../src/main/jobs/stages/decode-patterns.ts';
import { pickCodes, readLatents } from '../../src/main/jobs/stages/latents.ts';
import { simulateStudyStage } from '../../src/main/jobs/stages/simulate-study.ts';
import { type DecodedFaces, decodedFaces, offlineDecodings } from '../../src/main/services/decoded-faces.ts';
import { exportDecoding } from '../../src/main/services/export-decoding.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { latentsName } from '../../src/main/services/latents.ts';
import { fitPcaModel } from '../../src/main/services/models.ts';
import { decodeRuns } from '../../src/main/services/offline-decoding.ts';
import { addSubject, stimuliName } from '../../src/main/services/subjects.ts';
import { fitMap } from '../../src/main/services/voxels.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { freshFolder } from './fresh-folder.ts';

const engine = 'wasm';
const latentDim = 6;

describe('runs that a mapping was not fitted with', { timeout: 120_000 }, () => {
  const folder = freshFolder();
  let workspace: Workspace;
  let runs: string[] = [];
  let used = '';
  const mapped = { subject: '01', model: 'pca', engine } as const;

  before(async () => {
    workspace = Workspace.create(join(folder.path, 'project'));
    const { path } = await workspace.run({
      stage: simulateStudyStage,
      label: 'simulate',
      parameters: {
        seed: 3,
        nPortraits: 60,
        nRuns: 5,
        testPresentations: 4,
        shuffleEvents: false,
        imageSize: 40,
      },
      inputs: {},
    });
    await importFaces(workspace, { dir: join(path, 'faces'), name: 'faces', imageSize: 32, crop: 0.8 });
    await fitPcaModel(workspace, {
      faces: 'faces',
      name: 'pca',
      engine,
      seed: 1,
      heldOut: 0.1,
      imageSize: 32,
      latentDim,
    });
    const bids = join(folder.path, 'bids');
    cpSync(join(path, 'bids'), bids, { recursive: true });
    // The last run is not there yet when the mapping is fitted.
    const files = readdirSync(bids, { recursive: true, encoding: 'utf8' });
    const names = files.flatMap((file) => /([^/\\]+)_bold\.nii\.gz$/.exec(file)?.[1] ?? []).sort();
    runs = names.slice(-1);
    [used] = names;
    const last = files.filter((file) => basename(file).startsWith(`${runs[0]}_`));
    const move = (from: string, to: string) => {
      for (const file of last) renameSync(join(bids, file + from), join(bids, file + to));
    };
    move('', '.later');
    await addSubject(workspace, { bids, subject: '01' });
    await fitMap(workspace, {
      ...mapped,
      settings: { motion: 6 },
      noise: 'ar1',
      crop: 0.8,
      faceRule: { kind: 'fdr', q: 0.05 },
      gainRule: { kind: 'fraction', keep: 0.5 },
      gainMeasure: 'f',
    });
    move('.later', '');
  });
  after(async () => {
    await workspace.close();
    folder.remove();
  });

  /** Share of other pictures whose true codes correlate less with the decoded one than the true code of its own. */
  async function identification(hash: string, rows: DecodedFaces['rows']): Promise<number> {
    const { regions } = await readDecoded(join(workspace.store.artifactsDir, hash));
    const latents = await readLatents(
      workspace.entry('latents', latentsName('pca', stimuliName('01', 32))).path,
    );
    const rowOf = new Map(latents.files.map((file, row) => [file, row]));
    const seen = [...rows.keys()].filter((row) => typeof rows[row].stimFile === 'string');
    const truth = pickCodes(
      latents,
      seen.map((row) => rowOf.get(rows[row].stimFile ?? '') ?? -1),
    );
    const n = seen.length;
    const codes = Float32Array.from(
      seen.flatMap((row) => [...regions[0].test.subarray(row * latentDim, (row + 1) * latentDim)]),
    );
    const r = rowCorrelations(codes, truth, latentDim);
    let beaten = 0;
    for (let row = 0; row < n; row += 1) {
      for (let other = 0; other < n; other += 1) {
        if (other !== row && r[row * n + row] > r[row * n + other]) beaten += 1;
      }
    }
    return beaten / (n * (n - 1));
  }

  it('are decoded picture by picture, and found again under their name', async () => {
    const outcome = await decodeRuns(workspace, { ...mapped, runs });
    const [listed] = await offlineDecodings(workspace);
    assert.equal(listed.artifact, outcome.hash);
    assert.deepEqual([listed.subject, listed.model, listed.decoder], ['01', 'pca', 'pseudo-inverse']);
    const { rows } = await decodedFaces(workspace, { kind: 'offline-decoding', name: listed.name });
    assert.ok(rows.length > 40, `${rows.length} pictures`);
    for (const row of rows) {
      assert.equal(row.run, runs[0]);
      assert.ok(existsSync(join(outcome.path, row.picture)), row.picture);
      assert.equal(row.shown === null, row.trialType === 'Img', `${row.stimFile} is a picture of the study`);
    }
    const score = await identification(outcome.hash, rows);
    assert.ok(score > 0.55, `identification ${score}, chance 0.5`);
  });

  it('are decoded trial by trial, of the trial types that are named', async () => {
    const outcome = await decodeRuns(workspace, {
      ...mapped,
      runs,
      unit: 'trial',
      types: ['test_face'],
      name: 'tests',
    });
    const name = '01/pca/pseudo-inverse/tests';
    const tests = await decodedFaces(workspace, { kind: 'offline-decoding', name });
    assert.equal(tests.artifact, outcome.hash);
    assert.ok(
      tests.rows.every(({ trialType, presentations }) => trialType === 'test_face' && presentations === 1),
    );
    assert.equal(new Set(tests.rows.map(({ name }) => name)).size, tests.rows.length);
    assert.ok(tests.rows.every(({ onset }) => typeof onset === 'number' && onset > 0));
  });

  it('are exported as pictures and tables', async () => {
    const outDir = join(folder.path, 'out');
    const decoded = workspace.entry('offline-decoding', '01/pca/pseudo-inverse/tests');
    const written = await exportDecoding(workspace, decoded, outDir);
    const lines = readFileSync(join(outDir, 'codes.tsv'), 'utf8').trim().split('\n');
    assert.equal(lines.length, written.faces + 1);
    assert.equal(lines[1].split('\t').length, latentDim + 1);
    assert.equal(readdirSync(join(outDir, 'faces')).length, written.faces);
    assert.match(readFileSync(join(outDir, 'patterns.tsv'), 'utf8'), /^name\trun\tonset/);
  });

  it('are refused where the fit knew them, where there are none, and where nothing in them is to be decoded', async () => {
    await assert.rejects(decodeRuns(workspace, { ...mapped, runs: [used] }), { code: 'RUN_OF_MAPPING' });
    await assert.rejects(decodeRuns(workspace, { ...mapped, runs: ['sub-01_run-99'] }), {
      code: 'BIDS_NO_RUNS',
    });
    await assert.rejects(decodeRuns(workspace, { ...mapped, runs, types: ['house'] }), {
      code: 'NOTHING_TO_DECODE',
      message: /"test_face"/,
    });
  });
});
