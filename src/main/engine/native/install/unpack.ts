import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse/sync';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { FusiformError } from '../../../../shared/errors.ts';
import type { OnBytes } from './download.ts';
import { placeOf } from './releases.ts';

interface Member {
  readonly entry: Entry;
  /** Where it goes, relative to the engine's folder. */
  readonly place: string;
}

/** What a wheel holds that the engine needs. */
export interface WheelContents {
  readonly members: readonly Member[];
  readonly bytes: number;
}

/** A wheel's list of its own files is not longer than this. */
const longestRecord = 64 << 20;
const executable = 0o111;

/**
 * Unpacks what the engine needs of a wheel, which is a zip archive, into `folder`. Every file must have the size and
 * the checksum that the wheel's own list (RECORD) states.
 *
 * @throws FusiformError ENGINE_WHEEL_INVALID
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  signal: AbortSignal,
  onBytes: OnBytes = () => {},
): Promise<void> {
  await withWheel(wheel, async (zip, entries) => {
    const record = await readRecord(wheel, zip, entries);
    let done = 0;
    for (const { entry, place } of wanted(entries).members) {
      signal.throwIfAborted();
      const path = join(folder, place);
      if (relative(folder, path).startsWith(`..${sep}`)) throw invalid(wheel, `it names ${entry.fileName}`);
      await mkdir(dirname(path), { recursive: true });
      const hash = createHash('sha256');
      const count = new Transform({
        transform(chunk: Buffer, _encoding, pass) {
          hash.update(chunk);
          done += chunk.length;
          onBytes(done);
          pass(null, chunk);
        },
      });
      const mode = 0o644 | ((entry.externalFileAttributes >>> 16) & executable);
      await pipeline(
        await zip.openReadStreamPromise(entry),
        count,
        createWriteStream(path, { mode, flush: true }),
        { signal },
      );
      if (hash.digest('base64url') !== record.get(entry.fileName)) {
        throw invalid(wheel, `${entry.fileName} is not what its RECORD says`);
      }
    }
  });
}

/** Looks at the archive's directory alone. */
export async function listWheel(wheel: string): Promise<WheelContents> {
  return await withWheel(wheel, async (_zip, entries) => wanted(entries));
}

function wanted(entries: readonly Entry[]): WheelContents {
  const members = entries.flatMap((entry) => {
    const place = entry.fileName.endsWith('/') ? undefined : placeOf(entry.fileName);
    return place === undefined ? [] : [{ entry, place }];
  });
  return { members, bytes: members.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0) };
}

/** A fault of the archive becomes a fault of the wheel; those of the disk and of the caller pass. */
async function withWheel<T>(
  wheel: string,
  use: (zip: ZipFile, entries: readonly Entry[]) => Promise<T>,
): Promise<T> {
  let zip: ZipFile | undefined;
  try {
    // Names that are absolute or climb out of the archive are refused while the directory is read.
    zip = await openPromise(wheel, { autoClose: false, strictFileNames: true, validateEntrySizes: true });
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    return await use(zip, entries);
  } catch (error) {
    if (error instanceof FusiformError || !(error instanceof Error) || error.name === 'AbortError')
      throw error;
    const code = 'code' in error ? String(error.code) : '';
    if (code !== '' && !code.startsWith('Z_')) throw error;
    throw invalid(wheel, error.message, error);
  } finally {
    zip?.close();
  }
}

/** @returns SHA-256 in URL-safe base64 by file name */
async function readRecord(
  wheel: string,
  zip: ZipFile,
  entries: readonly Entry[],
): Promise<Map<string, string>> {
  const entry = entries.find(({ fileName }) => /^[^/]+\.dist-info\/RECORD$/.test(fileName));
  if (entry === undefined) throw invalid(wheel, 'it has no RECORD');
  if (entry.uncompressedSize > longestRecord) throw invalid(wheel, 'its RECORD has no end');
  const bytes = await buffer(await zip.openReadStreamPromise(entry));
  const rows: string[][] = parse(bytes, { relax_column_count: true });
  return new Map(
    rows.map(([name, checksum = '']) => [name, checksum.replace(/^sha256=/, '').replace(/=+$/, '')]),
  );
}

function invalid(wheel: string, why: string, cause?: unknown): FusiformError {
  return new FusiformError('ENGINE_WHEEL_INVALID', `The wheel cannot be unpacked: ${why}.`, {
    file: wheel,
    cause,
  });
}
