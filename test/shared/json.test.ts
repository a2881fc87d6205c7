import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { jobKey } from '../../src/main/jobs/job-key.ts';
import { canonicalJson } from '../../src/shared/json.ts';
import { appVersion } from '../../src/shared/version.ts';

describe('canonical JSON', () => {
  it('does not depend on the order of keys, at any depth, and leaves out what is undefined', () => {
    const a = canonicalJson({ b: [{ y: 1, x: 2 }], a: null, c: undefined });
    assert.equal(a, '{"a":null,"b":[{"x":2,"y":1}]}');
  });
});

describe('job keys', () => {
  const job = { stage: 's', stageVersion: 1, parameters: { seed: 1 }, inputs: { faces: 'aa' } };
  it('are equal for equal work and differ with anything that could change the result', () => {
    assert.equal(jobKey(job), jobKey({ ...job, parameters: { seed: 1 } }));
    const others = [
      { ...job, stage: 't' },
      { ...job, stageVersion: 2 },
      { ...job, parameters: { seed: 2 } },
      { ...job, inputs: { faces: 'ab' } },
      { ...job, inputs: { images: 'aa' } },
    ];
    assert.equal(new Set([job, ...others].map(jobKey)).size, 6);
  });
});

describe('version', () => {
  it("is the package's", () => {
    const file = join(import.meta.dirname, '../../package.json');
    assert.equal(appVersion, (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version);
  });
});
