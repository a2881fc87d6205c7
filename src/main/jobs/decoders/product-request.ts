/** Which blocks of a file of fixed-point weights a thread multiplies. */
export interface ProductThreadData {
  readonly file: string;
  readonly nRows: number;
  readonly firstBlock: number;
  readonly nBlocks: number;
}

/** Parts of a pattern's blocks, as `splitPattern` makes them. */
export type ProductRequest = Int16Array;

export type ProductReply =
  /** It stands ready; `whyNotMapped` is null where the file itself is what is multiplied. */
  | { readonly ready: true; readonly whyNotMapped: string | null }
  | { readonly sums: Float64Array }
  | { readonly crash: string };

/** The last message to the thread. */
export const endRequest = 'end';
