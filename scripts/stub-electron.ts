import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As in `@electron/fuses`: what stands before the fuses in Electron's program. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
/** Version 1 of the fuse wire, and as many fuses as Electron 45 has, all as it ships them. */
const wire = Buffer.from([1, 9, ...Buffer.from('101100100', 'latin1')]);

/**
 * A folder as Electron's Linux distribution, whose program cannot run but holds fuses: what packing does to it can be seen
 * without a network.
 */
export function makeStubDistribution(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fusiform-electron-'));
  const { version } = createRequire(import.meta.url)('electron/package.json') as { version: string };
  const program = Buffer.concat([Buffer.from(`stand-in ${sentinel}`, 'latin1'), wire, Buffer.alloc(64)]);
  writeFileSync(join(folder, 'electron'), program);
  chmodSync(join(folder, 'electron'), 0o755);
  writeFileSync(join(folder, 'version'), version);
  for (const file of ['LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox', 'chrome_crashpad_handler']) {
    writeFileSync(join(folder, file), '');
  }
  for (const name of ['resources', 'locales']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'locales', 'en-US.pak'), '');
  return folder;
}
