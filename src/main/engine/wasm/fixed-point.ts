import { assemble, FunctionBuilder, f64x2, i32, i32x4, loop, v128 } from './assembler.ts';
import { webAssembly } from './web-assembly.ts';

/** Bytes of a vector, and vectors whose products are summed up in int32 before they could overflow. */
const vectorBytes = 16;
const vectorsAtATime = 16;
const stepBytes = vectorBytes * vectorsAtATime;
/** A row's four sums in float64: two of the products with the high part, two of those with the low part. */
export const sumBytes = 32;

export interface FixedPointKernel {
  /**
   * Products of rows of int16, one behind the other, with two vectors of int16. All is in integers, and exact, where no
   * product is larger than 2^26 in size.
   *
   * @param weights addresses, in bytes, as all of these
   * @param sums receives four float64 for every row
   * @param rowBytes a multiple of 256
   */
  rowProducts(weights: number, high: number, low: number, sums: number, rows: number, rowBytes: number): void;
}

function rowProducts() {
  const builder = new FunctionBuilder();
  const [weights, high, low, sums, rows, rowBytes] = Array.from({ length: 6 }, () =>
    builder.parameter('i32'),
  );
  const [row, at, highAt, lowAt, out] = Array.from({ length: 5 }, () => builder.local('i32'));
  const [vector, highSum, lowSum, highTotal, lowTotal] = Array.from({ length: 5 }, () =>
    builder.local('v128'),
  );
  const steps = Array.from({ length: vectorsAtATime }, (_, step) => step * vectorBytes).flatMap((offset) => [
    vector.set(v128.load(weights.get, offset)),
    highSum.set(i32x4.add(highSum.get, i32x4.dot(vector.get, v128.load(highAt.get, offset)))),
    lowSum.set(i32x4.add(lowSum.get, i32x4.dot(vector.get, v128.load(lowAt.get, offset)))),
  ]);
  const added = (sum: typeof highSum) =>
    f64x2.add(f64x2.lowOfIntegers(sum.get), f64x2.highOfIntegers(sum.get));
  return builder.build(
    row.set(i32.const(0)),
    out.set(sums.get),
    loop(
      row,
      rows.get,
      i32.const(1),
      highTotal.set(i32x4.zero),
      lowTotal.set(i32x4.zero),
      at.set(i32.const(0)),
      loop(
        at,
        rowBytes.get,
        i32.const(stepBytes),
        highAt.set(i32.add(high.get, at.get)),
        lowAt.set(i32.add(low.get, at.get)),
        highSum.set(i32x4.zero),
        lowSum.set(i32x4.zero),
        ...steps,
        weights.set(i32.add(weights.get, i32.const(stepBytes))),
        highTotal.set(f64x2.add(highTotal.get, added(highSum))),
        lowTotal.set(f64x2.add(lowTotal.get, added(lowSum))),
      ),
      v128.store(out.get, highTotal.get),
      v128.store(out.get, lowTotal.get, vectorBytes),
      out.set(i32.add(out.get, i32.const(sumBytes))),
    ),
  );
}

/** The loops over a memory of `pages` of 65,536 bytes. */
export function fixedPointKernel(pages: number): {
  readonly kernel: FixedPointKernel;
  readonly buffer: ArrayBuffer;
} {
  const memory = new webAssembly.Memory({ initial: pages });
  const module = new webAssembly.Module(assemble({ rowProducts: rowProducts() }, false));
  const { exports } = new webAssembly.Instance(module, { env: { memory } });
  return { kernel: exports as unknown as FixedPointKernel, buffer: memory.buffer as ArrayBuffer };
}
