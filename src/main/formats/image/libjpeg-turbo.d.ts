declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  /** Holds one picture at a time, in the memory of the WebAssembly module. */
  export interface JPEGDecoder {
    /** Room for the file; to be filled before `decode`. */
    getEncodedBuffer(length: number): Uint8Array;
    /** Throws where libjpeg-turbo reports an error or as little as a warning. */
    decode(): void;
    /** A copy, [height, width, channels]. */
    getDecodedBuffer(): Uint8Array;
    getFrameInfo(): { width: number; height: number; componentCount: number };
  }
  function load(): Promise<{ JPEGDecoder: new () => JPEGDecoder }>;
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS
  export default load;
}
