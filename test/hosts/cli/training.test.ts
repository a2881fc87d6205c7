import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { toyConfig, toyFaces } from '../../generative/toy.ts';
import { type CliResult, errorOf, runCli } from './run-cli.ts';

// Networks this small gain nothing from a second thread.
process.env.FUSIFORM_THREADS = '1';
const folder = mkdtempSync(join(tmpdir(), 'fusiform-training-'));
const project = join(folder, 'project');
const config = join(folder, 'toy.json');
after(() => rmSync(folder, { recursive: true, force: true }));

before(async () => {
  mkdirSync(join(folder, 'faces'));
  const set = toyFaces(60);
  for (let at = 0; at < set.count; at++) {
    const raw = { width: 16, height: 16, channels: 3 } as const;
    await sharp(set.image(at), { raw })
      .png()
      .toFile(join(folder, 'faces', `face${100 + at}.png`));
  }
  writeFileSync(
    config,
    JSON.stringify(
      toyConfig({ schedule: { batchSize: 8, warmupSteps: 4, adversarialSteps: 4, rampSteps: 0 } }),
    ),
  );
  await runCli('project', 'create', project);
  const imported = await runCli(
    'faces',
    'import',
    join(folder, 'faces'),
    '-p',
    project,
    '--size',
    '16',
    '--crop',
    '1',
  );
  assert.equal(imported.code, 0, imported.stderr);
});

const train = (...args: string[]): Promise<CliResult> =>
  runCli('model', 'train', '-p', project, '--config', config, '--held-out', '0.2', '--json', ...args);
const history = async (name: string) =>
  (await runCli('model', 'history', name, '-p', project, '--json')).json();

describe('training on the command line', { timeout: 300_000 }, () => {
  it('says beforehand what it takes, and leaves nothing behind', async () => {
    const estimate = (await train('--dry-run', '--epochs', '2')).json() as {
      steps: number;
      trainingFaces: number;
      parameters: Record<string, number>;
      secondsAStep: Record<string, number>;
      seconds: number;
      memoryBytes: number;
      warnings: string[];
    };
    assert.equal(estimate.trainingFaces, 48);
    assert.equal(estimate.steps, 12);
    // [3, 3, 3, 4] + 4, [3, 3, 4, 6] + 6, and [4 * 4 * 6, 1] + 1.
    assert.equal(estimate.parameters.discriminator, 108 + 4 + 216 + 6 + 96 + 1);
    const { warmup, adversarial } = estimate.secondsAStep;
    assert.ok(warmup > 0 && adversarial > 0);
    assert.ok(Math.abs(estimate.seconds - 6 * (warmup + adversarial)) < 1e-9);
    assert.ok(estimate.memoryBytes > 100e6 && estimate.memoryBytes < 1e9);
    assert.match(estimate.warnings.join(), /48 faces are few/);
    const { entries, jobs } = (await runCli('project', 'info', project, '--json')).json();
    assert.deepEqual([(entries as []).length, (jobs as []).length], [1, 1], 'the faces alone');
    assert.match((await train('--dry-run', '--steps', '2')).stdout, /not every face is seen once/);
  });

  it('trains, and tells losses, held-out scores and pictures', async () => {
    const trained = await train('--steps', '12', '--evaluate-every', '4', '--micro-batch', '3');
    assert.equal(trained.code, 0, trained.stderr);
    assert.match(trained.stderr, /to watch while it runs: /);
    const { path, microBatch, heldOut, kind } = trained.json() as {
      path: string;
      microBatch: number;
      kind: string;
      heldOut: { faces: number; ssim: number; pca: { ssim: number } };
    };
    assert.deepEqual([microBatch, kind, heldOut.faces], [3, 'vaegan', 12]);
    assert.ok(heldOut.ssim > -1 && heldOut.pca.ssim > heldOut.ssim, 'twelve steps do not beat PCA');
    for (const file of ['history.tsv', 'evaluations.tsv', 'training.html', 'discriminator.safetensors']) {
      assert.ok(existsSync(join(path, file)), file);
    }
    assert.deepEqual(readdirSync(join(path, 'grids')), [
      'step-00000004.png',
      'step-00000008.png',
      'step-00000012.png',
    ]);
    const told = await history('vaegan');
    assert.deepEqual(
      [(told.losses as []).length, (told.evaluations as []).length, told.state],
      [12, 3, 'done'],
    );
    const text = await runCli('model', 'history', 'vaegan', '-p', project);
    assert.match(text.stdout, /step +phase +KL/);
    assert.match(text.stdout, /active latents/);
  });

  it('forks a finished model, and records where the new one came from', async () => {
    const forked = await train('--fork', 'vaegan', '--name', 'fork', '--steps', '4', '--set', 'loss.kl=0.5');
    assert.equal(forked.code, 0, forked.stderr);
    assert.deepEqual(forked.json().startedFrom, { model: 'vaegan', step: 12 });
    const losses = async (name: string) => (await history(name)).losses as { pixel: number }[];
    const [fork, parent] = [await losses('fork'), await losses('vaegan')];
    assert.ok(fork[0].pixel < parent[0].pixel, 'it starts from what was learnt');
    const other = await train('--fork', 'vaegan', '--name', 'other', '--latents', '7');
    assert.deepEqual([other.code, errorOf(other).code], [4, 'CHECKPOINT_MISMATCH']);
    assert.equal(errorOf(await train('--fork', 'nobody', '--name', 'x')).code, 'NAME_UNKNOWN');
  });

  it('stopped by divergence keeps its last good state, which another training starts from', async () => {
    const lost = await train(
      ...['--name', 'lost', '--kind', 'vae', '--steps', '400', '--checkpoint-every', '20', '--no-baseline'],
      ...['--set', 'optimiser.warmupLearningRate=1e20', '--set', 'schedule.rampSteps=399'],
      ...['--set', 'schedule.finalLearningRate=1', '--evaluate-every', '10'],
    );
    assert.deepEqual([lost.code, errorOf(lost).code], [3, 'TRAINING_DIVERGED']);
    assert.match(errorOf(lost).file ?? '', /training\.html$/);
    assert.match(readFileSync(errorOf(lost).file ?? '', 'utf8'), /<svg/);
    const told = await history('lost');
    assert.equal(told.state, 'failed');
    assert.ok((told.losses as []).length > 0);
  });

  it('forks an unfinished training by its step, and lists the steps that there are', async () => {
    const collapsing = await train(
      ...['--name', 'flat', '--kind', 'vae', '--steps', '1500', '--checkpoint-every', '25', '--no-baseline'],
      ...['--set', 'loss.kl=300', '--set', 'loss.klRampSteps=200', '--set', 'loss.warmupPixel=0.1'],
      ...['--set', 'optimiser.warmupLearningRate=0.01', '--evaluate-every', '100'],
    );
    assert.equal(errorOf(collapsing).code, 'TRAINING_DIVERGED');
    const unknown = await train('--fork', 'flat@7', '--name', 'none');
    assert.equal(errorOf(unknown).code, 'CHECKPOINT_UNKNOWN');
    const [, listed] =
      /it has: ([\d, ]+)/.exec(String((unknown.json().error as { message: string }).message)) ?? [];
    const steps = listed.split(', ').map(Number);
    assert.equal(steps.length, 3, 'two doubtful ones, and the last good one');
    const good = String(steps[2]);
    const args = ['--fork', 'flat', '--name', 'again', '--kind', 'vae', '--steps', '3', '--set', 'loss.kl=1'];
    const forked = await train(...args);
    assert.equal(forked.code, 0, forked.stderr);
    assert.deepEqual(forked.json().startedFrom, { model: 'flat', step: Number(good) });
    // The weights are the project's own from now on.
    rmSync(join(project, 'work'), { recursive: true, force: true });
    const byStep = await train('--fork', `flat@${good}`, ...args.slice(2));
    assert.equal(byStep.json().cached, true, byStep.stderr);
  });

  it('lists the values of a preset', async () => {
    const rows = (await runCli('model', 'presets', '--preset', 'tiny', '--json')).json() as unknown as {
      path: string;
      value: unknown;
    }[];
    assert.equal(rows.find(({ path }) => path === 'imageSize')?.value, 32);
    const refused = await train('--set', 'loss.kl=many');
    assert.deepEqual([refused.code, errorOf(refused).code], [2, 'PARAMETERS_INVALID']);
  });
});
