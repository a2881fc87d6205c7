declare module 'snappyjs' {
  /** @param maxLength it throws where the data claim to be longer. */
  function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array;
  function compress(uncompressed: Uint8Array): Uint8Array;
  const snappy: { uncompress: typeof uncompress; compress: typeof compress };
  // biome-ignore lint/style/noDefaultExport: the package is CommonJS
  export default snappy;
}
