import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own, for tests that share it among several steps. */
export function freshFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'fusiform-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
