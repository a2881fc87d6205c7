import { parentPort, workerData } from 'node:worker_threads';
import { assemble, FunctionBuilder, i32, loop, v128 } from '../../src/main/engine/wasm/assembler.ts';
import { webAssembly } from '../../src/main/engine/wasm/web-assembly.ts';

/* Reads as many bytes of memory as it is told to, as fast as WebAssembly can: the floor of what goes through all of them. */

const bytes = workerData as number;
const pageBytes = 65_536;
const step = 256;

function readAll() {
  const builder = new FunctionBuilder();
  const [from, end] = [builder.parameter('i32'), builder.parameter('i32')];
  const at = builder.local('i32');
  const bits = builder.local('v128');
  const loads = Array.from({ length: step / 16 }, (_, i) =>
    bits.set(v128.or(bits.get, v128.load(at.get, 16 * i))),
  );
  return builder.build(
    at.set(from.get),
    loop(at, end.get, i32.const(step), ...loads),
    v128.store(i32.const(0), bits.get),
  );
}

const memory = new webAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) + 1 });
new Uint8Array(memory.buffer).fill(1);
const module = new webAssembly.Module(assemble({ readAll: readAll() }, false));
const { exports } = new webAssembly.Instance(module, { env: { memory } });
const { readAll: read } = exports as { readAll: (from: number, end: number) => void };

parentPort?.on('message', () => {
  read(pageBytes, pageBytes + bytes);
  parentPort?.postMessage('read');
});
parentPort?.postMessage('ready');
