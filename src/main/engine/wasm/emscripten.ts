import type { Worker } from 'node:worker_threads';

/** What Emscripten's factory resolves to, as far as it is used here. */
export interface EmscriptenModule {
  cwrap(name: string, result: string | null, parameters: readonly string[]): (...args: number[]) => number;
  /** Address of so many bytes, as a signed number above 2 GB; 0 where there are none. */
  _malloc(bytes: number): number;
  _free(address: number): void;
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly PThread?: { readonly runningWorkers: readonly Worker[] };
  tfjs?: unknown;
}

/** The functions that the backend class expects beside the kernels, as its own start-up code binds them. */
export function exposeApi(module: EmscriptenModule): void {
  module.tfjs = {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
}
