import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { nativeStatus } from '../../src/main/engine/native/home.ts';
import { planNative } from '../../src/main/engine/native/install/plan.ts';
import { provisionNative } from '../../src/main/engine/native/install/provision.ts';
import { verifyNative } from '../../src/main/engine/native/install/upkeep.ts';

/**
 * FUSIFORM_TEST_INSTALL=download installs from wherever pip looks, FUSIFORM_TEST_INSTALL=PATH from a wheel; either
 * takes a minute and 1.5 GB of disk for a while.
 */
const request = process.env.FUSIFORM_TEST_INSTALL;

describe('the published wheel', { skip: request ? false : 'FUSIFORM_TEST_INSTALL is not set' }, () => {
  it('gives an engine that multiplies', async () => {
    const home = await mkdtemp(join(tmpdir(), 'fusiform-'));
    const context = { signal: new AbortController().signal, report: () => {} };
    try {
      const from = request === undefined || request === 'download' ? undefined : [request];
      const plan = await planNative({ home, device: 'cpu', from }, context.signal);
      // The engine is tried before it takes its place: two matrices are multiplied in a process of its own.
      const installed = await provisionNative(plan, { home }, context);
      assert.equal(installed.installed, true);
      assert.equal(installed.gpu, false);
      const { bytes } = await verifyNative({ home }, context);
      assert.ok(bytes < plan.keptBytes && bytes > plan.keptBytes / 1.2, `${bytes} bytes`);
      assert.equal(nativeStatus({ home }).version, '2.21.0');
    } finally {
      await rm(home, { recursive: true });
    }
  });
});
