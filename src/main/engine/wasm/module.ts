import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Worker as NodeWorker } from 'node:worker_threads';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { guardAllocations } from './allocation.ts';
import { type EmscriptenModule, exposeApi } from './emscripten.ts';
import { attachSimdKernels } from './simd.ts';
import { type WasmMemory, webAssembly } from './web-assembly.ts';

const require = createRequire(import.meta.url);
const packageName = '@tensorflow/tfjs-backend-wasm';

interface Started {
  readonly module: EmscriptenModule;
  readonly memory: WasmMemory;
}

type Factory = (config: Record<string, unknown>) => Promise<EmscriptenModule>;

/** Emscripten's script starts so many workers beforehand; more could not start while the main thread computes. */
const poolSize = 8;
export const maxThreads = poolSize + 1;
/** WebAssembly's unit of memory, and what Emscripten's script begins with. */
const pageBytes = 65_536;
const initialBytes = 16_777_216;

/**
 * Starts the WebAssembly backend with SIMD on `threads` threads, in a main thread or in a worker.
 *
 * TensorFlow.js itself switches threads off under Node and takes half of the cores elsewhere; its
 * binary runs on all of them when its parts are put together here.
 *
 * @param maxMemoryBytes what the memory may grow to on two threads and more, default 4 GB.
 */
export async function loadWasmBackend(
  threads: number,
  maxMemoryBytes?: number,
): Promise<{ backend: BackendWasm; threads: number }> {
  const wanted = Math.max(1, Math.min(maxThreads, Math.floor(threads)));
  const { BackendWasm, setThreadsCount, getThreadsCount } = require(packageName) as {
    BackendWasm: new (module: EmscriptenModule) => BackendWasm;
    setThreadsCount(count: number): void;
    getThreadsCount(): number;
  };
  const { module, memory } = wanted === 1 ? await startSingle() : await startThreaded(wanted, maxMemoryBytes);
  exposeApi(module);
  guardAllocations(module);
  setThreadsCount(wanted);
  const backend = new BackendWasm(module);
  attachSimdKernels(backend, memory);
  for (const worker of module.PThread?.runningWorkers ?? []) {
    // It must not keep the process alive.
    worker.unref();
  }
  return { backend, threads: wanted === 1 ? 1 : getThreadsCount() };
}

/** The script of the plain binary serves the SIMD binary too: they differ in their code alone. */
async function startSingle(): Promise<Started> {
  const factory = require(`${packageName}/wasm-out/tfjs-backend-wasm.js`) as Factory;
  return await run(factory, await readBinary('tfjs-backend-wasm-simd.wasm'), 1);
}

async function startThreaded(threads: number, maxMemoryBytes?: number): Promise<Started> {
  const script = `${packageName}/wasm-out/tfjs-backend-wasm-threaded-simd`;
  const factory = require(`${script}.js`) as Factory;
  const { wasmWorkerContents } = require(`${script}.worker.js`) as { wasmWorkerContents: string };
  // The package holds the worker as text, whose escaped line ends became real ones.
  const source = wasmWorkerContents.replaceAll('\n', '\\n');
  const binary = await readBinary('tfjs-backend-wasm-threaded-simd.wasm');
  const workerThreads = require('node:worker_threads') as { Worker: typeof NodeWorker };
  const RealWorker = workerThreads.Worker;
  const hadWorker = 'Worker' in globalThis;
  // The factory makes its whole pool while it is called, from a file that does not exist, and takes workers
  // from the end of it: the last ones are made, from the text, and the others pretended.
  let made = 0;
  workerThreads.Worker = function PoolWorker() {
    made++;
    return made > poolSize + 1 - threads
      ? new RealWorker(source, { eval: true, execArgv: [] })
      : pretendedWorker();
  } as unknown as typeof NodeWorker;
  try {
    return await run(factory, binary, threads, maxMemoryBytes);
  } finally {
    workerThreads.Worker = RealWorker;
    if (!hadWorker) Reflect.deleteProperty(globalThis, 'Worker');
  }
}

/** Says that it is loaded, and is never given anything to do. */
function pretendedWorker() {
  const worker = {
    onmessage: (_event: { data: object }) => {},
    on() {},
    ref() {},
    unref() {},
    terminate() {},
    postMessage() {
      queueMicrotask(() => worker.onmessage({ data: { cmd: 'loaded' } }));
    },
  };
  return worker;
}

function readBinary(name: string): Promise<Buffer> {
  return readFile(require.resolve(`${packageName}/dist/${name}`));
}

async function run(
  factory: Factory,
  binary: Buffer,
  threads: number,
  maxMemoryBytes?: number,
): Promise<Started> {
  const failure = Promise.withResolvers<never>();
  const memory = Promise.withResolvers<WasmMemory>();
  const instantiateWasm = (
    imports: { env: Record<string, unknown> },
    receive: (instance: unknown, module: unknown) => void,
  ) => {
    // The binary takes at most half of the cores that it is told of.
    imports.env.emscripten_num_logical_cores = () => 2 * threads;
    webAssembly.instantiate(new Uint8Array(binary), imports).then(({ instance, module }) => {
      // The threads share a memory that is made outside; the single one lives in its instance.
      memory.resolve((imports.env.memory ?? instance.exports.memory) as WasmMemory);
      receive(instance, module);
    }, failure.reject);
    return {};
  };
  const started = withoutProcessListeners(() =>
    factory({
      instantiateWasm,
      locateFile: (path: string) => path,
      ...(maxMemoryBytes === undefined ? {} : { wasmMemory: sharedMemory(maxMemoryBytes) }),
    }),
  );
  const module = await Promise.race([started, failure.promise]);
  return { module, memory: await memory.promise };
}

function sharedMemory(maxBytes: number): WasmMemory {
  const [initial, maximum] = [initialBytes, maxBytes].map((bytes) => Math.ceil(bytes / pageBytes));
  return new webAssembly.Memory({ initial, maximum, shared: true });
}

/** Emscripten's scripts hook the process's error events to rethrow; errors stay the application's business. */
function withoutProcessListeners<T>(start: () => T): T {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const listeners = () => events.map((event) => process.rawListeners(event) as (() => void)[]);
  const before = listeners();
  try {
    return start();
  } finally {
    listeners().forEach((after, i) => {
      for (const listener of after) if (!before[i].includes(listener)) process.off(events[i], listener);
    });
  }
}
