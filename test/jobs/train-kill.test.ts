import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import type { StageOutcome } from '../../src/main/services/workspace.ts';
import type { JobEvent } from '../../src/shared/job-events.ts';
import { toyFaces } from '../generative/toy.ts';
import { trainSmall } from './train-small.ts';

// Networks this small gain nothing from a second thread.
process.env.FUSIFORM_THREADS = '1';
const folder = mkdtempSync(join(tmpdir(), 'fusiform-kill-'));
const faces = join(folder, 'faces');
const project = join(folder, 'killed');

before(async () => {
  mkdirSync(faces);
  const set = toyFaces(60);
  for (let at = 0; at < set.count; at++) {
    const raw = { width: 16, height: 16, channels: 3 } as const;
    await sharp(set.image(at), { raw })
      .png()
      .toFile(join(faces, `face${String(at).padStart(2, '0')}.png`));
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

const stepOf = (event: JobEvent) =>
  event.type === 'progress' && event.progress.unit === 'steps' ? event.progress.done : null;

/** Trains in a process of its own until a step is done, and kills it; the first step that it did. */
async function killAfter(step: number): Promise<number> {
  const child = fork(join(import.meta.dirname, 'train-small.ts'), [project, faces], { stdio: 'ignore' });
  let first: number | null = null;
  let killed = false;
  child.on('message', (event: JobEvent) => {
    const done = stepOf(event);
    if (done === null || killed) return;
    first ??= done;
    if (done >= step) killed = child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'exit');
  assert.equal(signal, 'SIGKILL');
  return first ?? Number.NaN;
}

function filesOf({ path }: StageOutcome): Record<string, Buffer> {
  return Object.fromEntries(
    readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(path, name)).isFile())
      .map((name) => [name, readFileSync(join(path, name))]),
  );
}

describe('a training killed with SIGKILL', { timeout: 300_000 }, () => {
  it('in either phase goes on from its checkpoint to the same files, to the last bit', async () => {
    const whole = filesOf(await trainSmall(join(folder, 'whole'), faces));
    await killAfter(17);
    const live = join(project, 'work', readdirSync(join(project, 'work'))[0], 'scratch', 'live');
    assert.match(readFileSync(join(live, 'history.tsv'), 'utf8'), /^step\tphase\t.*\n1\twarmup\t/);
    assert.match(readFileSync(join(live, 'training.html'), 'utf8'), /<svg/);
    assert.ok(readdirSync(join(live, 'grids')).length >= 3);
    assert.ok((await killAfter(33)) > 14, 'it went on from a checkpoint');
    const resumed = filesOf(await trainSmall(project, faces));

    assert.deepEqual(Object.keys(resumed).sort(), Object.keys(whole).sort());
    for (const [name, bytes] of Object.entries(whole)) assert.ok(bytes.equals(resumed[name]), name);
    const steps = (name: string) =>
      String(resumed[name])
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split('\t')[0]));
    assert.deepEqual(
      steps('history.tsv'),
      Array.from({ length: 48 }, (_, at) => at + 1),
    );
    const evaluated = [...Array.from({ length: 9 }, (_, at) => 5 * (at + 1)), 48];
    assert.deepEqual(steps('evaluations.tsv'), evaluated);
    assert.equal(Object.keys(resumed).filter((name) => name.startsWith('grids')).length, 10);
  });
});
