#!/usr/bin/env node
// The command line needs the Node that this package pins (TypeScript runs on it as it is). Whatever Node
// started this file, the pinned one takes over, with the same arguments and streams.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = join(root, 'src/main/hosts/cli/main.ts');
const arguments_ = process.argv.slice(2);

// Images are decoded on the threads of Node's pool, which are four unless this says otherwise before their first use.
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()));

function pinnedNode() {
  const require = createRequire(import.meta.url);
  const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  return join(dirname(require.resolve('node/package.json')), binary);
}

if (Number(process.versions.node.split('.')[0]) >= 24) {
  process.argv[1] = entry;
  await import(entry);
} else {
  const child = spawn(pinnedNode(), [entry, ...arguments_], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; the child decides how to stop, this one only passes on its answer.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 128 + 15 : (code ?? 1)));
}
