import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { LossRow } from '../../src/main/generative/vaegan/loss-history.ts';
import {
  type EvaluationRow,
  readEvaluations,
  readHistory,
  TrainingLog,
} from '../../src/main/jobs/training/training-log.ts';
import { writeTrainingPage } from '../../src/main/jobs/training/training-page.ts';

const root = mkdtempSync(join(tmpdir(), 'fusiform-log-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** Numbers that a short decimal would not give back. */
const lossRow = (step: number): LossRow => ({
  step,
  phase: step < 4 ? 'warmup' : 'adversarial',
  learningRate: 1e-3 / 3,
  kl: Math.fround(Math.PI * step),
  pixel: Math.fround(1 / step),
  similarity: step < 4 ? null : Math.fround(Math.E),
  onReal: step < 4 ? null : Math.LN2,
  onReconstruction: step < 4 ? null : 5e-324,
  onSample: null,
  accuracy: step < 4 ? null : 1 / 3,
  generatorUpdated: step % 2 === 0,
  discriminatorUpdated: false,
  microBatch: 8,
});
const evaluation = (step: number): EvaluationRow => ({
  step,
  faces: 9,
  ssim: 0.1 + step / 3,
  pixCorr: 0.2,
  pcaSsim: step > 4 ? null : 0.3,
  pcaPixCorr: step > 4 ? null : 0.4,
  activeLatents: 5,
});
const grid = new Uint8Array([137, 80, 78, 71]);
const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, at) => from + at);

async function filled(name: string): Promise<string> {
  const folder = join(root, name);
  const log = await TrainingLog.open(folder, 0);
  for (const step of numbers(6)) {
    log.step(lossRow(step));
    if (step % 2 === 0) await log.evaluation(evaluation(step), grid);
  }
  log.close();
  return folder;
}

test('what was written comes back to the last bit', async () => {
  const folder = await filled('whole');
  assert.deepEqual(await readHistory(folder), numbers(6).map(lossRow));
  assert.deepEqual(await readEvaluations(folder), [2, 4, 6].map(evaluation));
});

test('a resume cuts back to the step of the checkpoint, a torn line and later pictures included', async () => {
  const folder = await filled('torn');
  appendFileSync(join(folder, 'history.tsv'), '7\tadversarial\t0.00');
  writeFileSync(join(folder, 'grids', 'step-00000008.png'), grid);
  const log = await TrainingLog.open(folder, 4);
  assert.deepEqual(log.history, numbers(4).map(lossRow));
  log.step(lossRow(5));
  log.close();
  assert.deepEqual(await readHistory(folder), numbers(5).map(lossRow));
  assert.deepEqual(
    (await readEvaluations(folder)).map(({ step }) => step),
    [2, 4],
  );
  assert.deepEqual(readdirSync(join(folder, 'grids')), ['step-00000002.png', 'step-00000004.png']);
});

test('rows that the disk lost are taken from the checkpoint', async () => {
  const folder = await filled('lost');
  const text = readFileSync(join(folder, 'history.tsv'), 'utf8').split('\n').slice(0, 3);
  writeFileSync(join(folder, 'history.tsv'), `${text.join('\n')}\n`);
  const log = await TrainingLog.open(folder, 5, numbers(4, 2).map(lossRow));
  log.close();
  assert.deepEqual(await readHistory(folder), numbers(5).map(lossRow));
});

test('the page holds the curves and pictures and asks for nothing else', async () => {
  const folder = await filled('page');
  await writeTrainingPage(folder, 'A <training> & its curves', 8);
  const page = readFileSync(join(folder, 'training.html'), 'utf8');
  assert.match(page, /A &#60;training&#62; &#38; its curves/);
  assert.equal(page.match(/<svg/g)?.length, 2);
  assert.equal(page.match(/data:image\/png;base64,/g)?.length, 3);
  assert.match(page, /5 of 8 latents active/);
  assert.doesNotMatch(page, /(src|href)="(?!data:)/);
});
