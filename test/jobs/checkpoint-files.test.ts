import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  listCheckpoints,
  readNewestCheckpoint,
  writeCheckpoint,
} from '../../src/main/jobs/training/checkpoint-files.ts';
import { CheckpointPace } from '../../src/main/jobs/training/checkpoint-pace.ts';

const root = mkdtempSync(join(tmpdir(), 'fusiform-checkpoints-'));
after(() => rmSync(root, { recursive: true, force: true }));

const state = (step: number) => ({
  weights: { shape: [4], data: Float32Array.from({ length: 4 }, (_, at) => at + step) },
  'training/step': { shape: [1], data: Int32Array.of(step) },
});
const good = (step: number) => ({ step, doubtful: false });

test('the two newest are kept, and the last good one where both are doubtful', async () => {
  const folder = join(root, 'kept');
  for (const step of [10, 20, 30]) await writeCheckpoint(folder, state(step), good(step));
  assert.deepEqual(
    (await listCheckpoints(folder)).map(({ step }) => step),
    [30, 20],
  );
  for (const step of [40, 50, 60]) await writeCheckpoint(folder, state(step), { step, doubtful: true });
  assert.deepEqual(
    (await listCheckpoints(folder)).map(({ step, doubtful }) => [step, doubtful]),
    [
      [60, true],
      [50, true],
      [30, false],
    ],
  );
  const { checkpoint } = await readNewestCheckpoint(folder);
  assert.deepEqual(checkpoint, { arrays: state(60), step: 60 });
});

test('a torn or flipped newest one is passed over, told of, and the older one taken', async () => {
  const damage: Record<string, (path: string) => void> = {
    'cut off': (path) => truncateSync(path, 100),
    empty: (path) => truncateSync(path, 0),
    flipped: (path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length - 3] ^= 1;
      writeFileSync(path, bytes);
    },
    'no file of this kind': (path) => writeFileSync(path, 'this is no checkpoint, whatever its name says'),
  };
  for (const [what, harm] of Object.entries(damage)) {
    const folder = join(root, what);
    for (const step of [1, 2]) await writeCheckpoint(folder, state(step), good(step));
    const [newest, older] = await listCheckpoints(folder);
    harm(newest.path);
    const { checkpoint, problems } = await readNewestCheckpoint(folder);
    assert.equal(checkpoint?.step, 1, what);
    assert.deepEqual(
      problems.map(({ code, file }) => [code, file]),
      [['CHECKPOINT_DAMAGED', newest.path]],
    );
    harm(older.path);
    assert.equal((await readNewestCheckpoint(folder)).checkpoint, undefined);
  }
});

test('what a kill left of a half-written file goes, and an absent folder is a new training', async () => {
  const folder = join(root, 'left');
  assert.deepEqual(await readNewestCheckpoint(folder), { checkpoint: undefined, problems: [] });
  await writeCheckpoint(folder, state(1), good(1));
  const left = join(folder, '.checkpoint-00000002.safetensors.0123456789ab.tmp');
  writeFileSync(left, 'half of');
  await readNewestCheckpoint(folder);
  assert.ok(!existsSync(left));
  assert.equal(readdirSync(folder).length, 1);
});

test('a checkpoint a minute; fewer where writing takes long; more where steps ask for it', async () => {
  let now = 1000;
  const clock = () => now;
  const pace = new CheckpointPace(undefined, clock);
  assert.equal(pace.due(1), false);
  now += 60;
  assert.equal(pace.due(2), true);
  // Ten seconds of writing are two hundredths of five hundred.
  await pace.timed(async () => {
    now += 10;
  });
  now += 499;
  assert.equal(pace.due(3), false);
  now += 1;
  assert.equal(pace.due(4), true);
  const bySteps = new CheckpointPace(7, clock);
  assert.deepEqual(
    [6, 7, 8, 14].map((step) => bySteps.due(step)),
    [false, true, false, true],
  );
});
