import { closeSync, openSync } from 'node:fs';
import { toNamespacedPath } from 'node:path';
import type koffiLibrary from 'koffi';

/** A file as memory: the operating system reads pages when they are touched, and forgets them when it needs the room. */
export interface MappedFile {
  /** The whole file; read-only: a write ends the process. */
  readonly bytes: Uint8Array;
  /** Unmaps the file. Every view of `bytes` has length 0 from then on, so that none can reach freed memory. */
  close(): void;
}

type Koffi = typeof koffiLibrary;

/** What an operating system gives for a mapping. */
interface Mapping {
  readonly address: bigint;
  readonly unmap: () => void;
}

/**
 * Maps a file for reading. Without `close` it is unmapped once no view of it can be reached any more.
 *
 * Guarded: access after `close`. Not guarded: another program that shortens the file while it is mapped, or a disk
 * that fails: touching the lost pages ends the process with SIGBUS. Compare sizes before mapping, and map files that
 * are not written any more.
 *
 * Tried on Linux; written for macOS (the same calls) and Windows (other calls), where it was not tried.
 *
 * @param length bytes of the file, at least 1.
 * @throws Error with the reason, where the system refuses or the runtime allows no memory of others (Electron's V8
 *   sandbox): read the file in the ordinary way then.
 */
export async function mapFile(path: string, length: number): Promise<MappedFile> {
  const { default: koffi } = await import('koffi');
  const { address, unmap } =
    process.platform === 'win32' ? mapOnWindows(koffi, path, length) : mapOnPosix(koffi, path, length);
  let buffer: ArrayBuffer;
  try {
    buffer = koffi.view(address, length);
  } catch (error) {
    unmap();
    throw error;
  }
  const token = {};
  abandoned.register(buffer, unmap, token);
  return {
    bytes: new Uint8Array(buffer),
    close() {
      if (!abandoned.unregister(token)) return;
      // Detaches the buffer from its views; the new owner is dropped unread.
      buffer.transfer();
      unmap();
    },
  };
}

/** A buffer that was collected has no views: its mapping can go. */
const abandoned = new FinalizationRegistry<() => void>((unmap) => unmap());

/**
 * Puts a part of a file in the place of memory that exists, such as a WebAssembly memory, whose code then reads the file
 * without a copy. It stays there as long as the memory; a write there ends the process, and so does what `mapFile` does not guard.
 *
 * @param target begins and ends at pages of the system (multiples of 65,536 bytes do everywhere); what reaches beyond the
 *   end of the file must not be touched
 * @param offset in the file, a multiple of 65,536
 * @throws Error with the reason, where the system refuses (Windows always): read the file in the ordinary way then
 */
export async function mapFileOver(path: string, target: Uint8Array, offset: number): Promise<void> {
  if (process.platform === 'win32') throw new Error('Windows maps no file over memory that exists');
  const { default: koffi } = await import('koffi');
  const mmap = koffi.load(null).func('void *mmap(uintptr_t, size_t, int, int, int, int64_t)');
  const descriptor = openSync(path, 'r');
  try {
    const { protRead, mapShared, mapFixed } = posix;
    const address = koffi.address(target);
    const place = mmap(address, target.byteLength, protRead, mapShared | mapFixed, descriptor, offset);
    if (koffi.address(place) !== address) throw new Error(`mmap failed with errno ${koffi.errno()}`);
  } finally {
    closeSync(descriptor);
  }
}

const posix = { protRead: 1, mapShared: 1, mapFixed: 0x10, failed: 2n ** 64n - 1n };

function mapOnPosix(koffi: Koffi, path: string, length: number): Mapping {
  const library = koffi.load(null);
  const mmap = library.func('void *mmap(void *, size_t, int, int, int, int64_t)');
  const munmap = library.func('int munmap(void *, size_t)');
  const descriptor = openSync(path, 'r');
  try {
    const address = koffi.address(mmap(null, length, posix.protRead, posix.mapShared, descriptor, 0));
    if (address === posix.failed) throw new Error(`mmap failed with errno ${koffi.errno()}`);
    return { address, unmap: () => munmap(address, length) };
  } finally {
    // The mapping holds the file open by itself.
    closeSync(descriptor);
  }
}

const windows = {
  genericRead: 0x80000000,
  shareAll: 7,
  openExisting: 3,
  attributeNormal: 0x80,
  invalidHandle: 2n ** 64n - 1n,
  pageReadOnly: 2,
  mapRead: 4,
};

function mapOnWindows(koffi: Koffi, path: string, length: number): Mapping {
  const library = koffi.load('kernel32.dll');
  const declare = (prototype: string) => library.func(prototype);
  const createFile = declare(
    'void * __stdcall CreateFileW(str16, uint32_t, uint32_t, void *, uint32_t, uint32_t, void *)',
  );
  const createFileMapping = declare(
    'void * __stdcall CreateFileMappingW(void *, void *, uint32_t, uint32_t, uint32_t, void *)',
  );
  const mapView = declare('void * __stdcall MapViewOfFile(void *, uint32_t, uint32_t, uint32_t, size_t)');
  const unmapView = declare('int __stdcall UnmapViewOfFile(void *)');
  const closeHandle = declare('int __stdcall CloseHandle(void *)');
  const lastError = declare('uint32_t __stdcall GetLastError()');
  const refused = (call: string) => new Error(`${call} failed with error ${lastError()}`);

  const { genericRead, shareAll, openExisting, attributeNormal } = windows;
  const name = toNamespacedPath(path);
  const file = createFile(name, genericRead, shareAll, null, openExisting, attributeNormal, null);
  if (koffi.address(file) === windows.invalidHandle) throw refused('CreateFileW');
  try {
    const section = createFileMapping(file, null, windows.pageReadOnly, 0, 0, null);
    if (section === null || koffi.address(section) === 0n) throw refused('CreateFileMappingW');
    try {
      const view = mapView(section, windows.mapRead, 0, 0, length);
      if (view === null || koffi.address(view) === 0n) throw refused('MapViewOfFile');
      const address = koffi.address(view);
      return { address, unmap: () => unmapView(address) };
    } finally {
      closeHandle(section);
    }
  } finally {
    // The view holds section and file open by itself.
    closeHandle(file);
  }
}
