import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeNpyFile } from '../../src/main/formats/npy/npy.ts';
import { candidatesOf } from '../../src/main/jobs/decoders/candidates.ts';
import { scoreFold } from '../../src/main/jobs/decoders/cross-validate.ts';
import { PatternSource } from '../../src/main/jobs/decoders/pattern-source.ts';
import { trainingPatternsFiles } from '../../src/main/jobs/stages/training-patterns.ts';
import { Random } from '../../src/main/math/random.ts';
import { decoderKinds } from '../../src/shared/decoders.ts';

const [nTrials, nVoxels, nLatents] = [40, 60, 3];

function normals(label: string, length: number): Float32Array {
  const values = new Float32Array(length);
  new Random(label).fillNormal(values);
  return values;
}

test('a decoder that is being tuned stops between candidates, asked by a timer', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fusiform-folds-'));
  const data = normals('patterns', nTrials * nVoxels);
  await writeNpyFile(join(folder, trainingPatternsFiles.patterns), { shape: [nTrials, nVoxels], data });
  const source = await PatternSource.open(folder);
  const columns = Uint32Array.from({ length: nVoxels }, (_, at) => at);
  const rows = Array.from({ length: nTrials }, (_, at) => at);
  const [trained, held] = [rows.slice(0, 30), rows.slice(30)];
  const codes = normals('codes', nTrials * nLatents);
  const scoredBefore = async (kind: (typeof decoderKinds)[number], cancel: AbortController) => {
    let scored = 0;
    const scores = scoreFold(
      kind,
      {
        training: {
          nLatents,
          patterns: source.part(trained, columns),
          codes: codes.slice(0, 30 * nLatents),
          weights: async () => normals('weights', (nLatents + 1) * nVoxels),
          seed: 1,
          engine: null,
          signal: cancel.signal,
        },
        held: source.part(held, columns),
        all: source.part(rows, columns),
        codes: codes.slice(30 * nLatents),
        faces: held.map(String),
      },
      () => {
        scored += 1;
        // As a worker is asked: by something else that this thread has to do.
        if (scored === 2) setImmediate(() => cancel.abort(new Error('cancelled')));
      },
    );
    return { scores, scored: () => scored };
  };
  try {
    for (const kind of decoderKinds.filter((of) => candidatesOf(of).length > 4)) {
      const { scores, scored } = await scoredBefore(kind, new AbortController());
      await assert.rejects(scores, /cancelled/, kind);
      assert.ok(scored() < 5, `${kind}: ${scored()}`);
    }
    const { scores, scored } = await scoredBefore('pseudo-inverse', new AbortController());
    assert.equal((await scores).length, 1);
    assert.equal(scored(), 1);
  } finally {
    source.close();
    await rm(folder, { recursive: true });
  }
});
