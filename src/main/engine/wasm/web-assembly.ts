/** A memory of WebAssembly, whose buffer changes when it grows. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike;
}

interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

/** The global that TypeScript declares for browsers alone, as far as it is used here. */
export const { WebAssembly: webAssembly } = globalThis as unknown as {
  WebAssembly: {
    readonly Module: new (binary: Uint8Array) => object;
    readonly Memory: new (pages: { initial: number; maximum?: number; shared?: boolean }) => WasmMemory;
    readonly Instance: new (module: object, imports: object) => WasmInstance;
    instantiate(binary: Uint8Array, imports: object): Promise<{ instance: WasmInstance; module: object }>;
  };
};
