import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../../src/main/services/workspace.ts';
import { type EntryKind, setEntry } from '../../src/main/store/entries.ts';
import { finishJob, startJob } from '../../src/main/store/jobs.ts';
import type { JsonObject } from '../../src/shared/json.ts';

export interface SyntheticResult {
  readonly key: string;
  readonly stage?: string;
  readonly parameters?: JsonObject;
  /** Keys of results that it was computed from, by the names of the inputs. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly entry?: readonly [kind: EntryKind, name: string];
}

/** The artefact that a synthetic job's key gives it. */
export const artifactOf = (key: string) => Buffer.from(key).toString('hex').padEnd(32, '0').slice(-32);

/** Notes a result as a finished job does, with an artefact of 100 bytes: for tests of what follows from results. */
export function addResult(workspace: Workspace, result: SyntheticResult): void {
  const { key, stage = 'synthetic', parameters = {}, inputs = {}, entry } = result;
  const { sql, artifactsDir } = workspace.store;
  const hash = artifactOf(key);
  const folder = join(artifactsDir, hash);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'data.bin'), Buffer.alloc(100));
  startJob(sql, {
    key,
    stage,
    stageVersion: 1,
    label: key,
    parameters,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, from]) => [name, artifactOf(from)])),
    appVersion: '0',
  });
  finishJob(
    sql,
    key,
    { hash, bytes: 100 },
    { summary: {}, problems: [], metrics: [] },
    { seconds: 1, peakRssBytes: 1 },
  );
  if (entry) setEntry(sql, { kind: entry[0], name: entry[1], jobKey: key, source: null });
}
