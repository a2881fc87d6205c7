import { EngineOutOfMemory } from '../out-of-memory.ts';
import type { EmscriptenModule } from './emscripten.ts';

/** What WebAssembly can address. */
const addressable = 2 ** 32;

/**
 * Lets an allocation that fails throw. Emscripten's `malloc` returns 0 instead, and TensorFlow.js goes on with it:
 * kernels would write over the first bytes of the memory.
 */
export function guardAllocations(module: EmscriptenModule): void {
  // The first call puts the compiled function in its own place.
  module._free(module._malloc(16));
  const malloc = module._malloc;
  module._malloc = (bytes) => {
    if (bytes >= addressable) throw refused(module, bytes);
    const address = malloc(bytes);
    if (address === 0 && bytes > 0) throw refused(module, bytes);
    return address;
  };
}

function refused(module: EmscriptenModule, bytes: number): EngineOutOfMemory {
  const megabytes = (count: number) => Math.round(count / 2 ** 20);
  return new EngineOutOfMemory(
    `WebAssembly is out of memory: ${megabytes(bytes)} MB more than the ${megabytes(module.HEAPU8.byteLength)} MB that it holds`,
  );
}
