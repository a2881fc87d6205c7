import {
  type Code,
  FunctionBuilder,
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  type Local,
  loop,
  v128,
} from './assembler.ts';
import type { SimdKernels } from './simd.ts';

const zero = i32.const(0);
const vectorBytes = i32.const(16);
const bytes = (count: Code): Code => i32.mul(count, i32.const(4));
const at = (base: Local, offset: Local): Code => i32.add(base.get, offset.get);

function moments() {
  const builder = new FunctionBuilder();
  const x = builder.parameter('i32');
  return columnSums(builder, (shift, offset) => {
    const difference = builder.local('v128');
    return [
      difference.set(f32x4.sub(v128.load(at(x, offset)), shift.get)),
      difference.get,
      f32x4.mul(difference.get, difference.get),
    ];
  });
}

function products() {
  const builder = new FunctionBuilder();
  const [dy, x] = [builder.parameter('i32'), builder.parameter('i32')];
  return columnSums(builder, (shift, offset) => {
    const slope = builder.local('v128');
    return [
      slope.set(v128.load(at(dy, offset))),
      slope.get,
      f32x4.mul(slope.get, f32x4.sub(v128.load(at(x, offset)), shift.get)),
    ];
  });
}

/**
 * Adds up two quantities down each column, four columns at a time, in double precision.
 * `quantities` gives what to compute at an element, and then the two quantities.
 */
function columnSums(
  builder: FunctionBuilder,
  quantities: (shift: Local, offset: Local) => readonly [Code, Code, Code],
) {
  const [shiftVector, sums, rows, width] = Array.from({ length: 4 }, () => builder.parameter('i32'));
  const [column, offset, pitch] = Array.from({ length: 3 }, () => builder.local('i32'));
  const totals = Array.from({ length: 4 }, () => builder.local('v128'));
  const shift = builder.local('v128');
  const [prepare, first, second] = quantities(shift, offset);
  const parts = [f64x2.low(first), f64x2.high(first), f64x2.low(second), f64x2.high(second)];
  /** The sums are twice as wide as the columns, and the second vector of them lies behind the first. */
  const sumAddress = (i: number): Code => {
    const doubled = i < 2 ? column.get : i32.add(column.get, pitch.get);
    return i32.add(sums.get, i32.mul(doubled, i32.const(2)));
  };
  return builder.build(
    pitch.set(bytes(width.get)),
    loop(
      column,
      pitch.get,
      vectorBytes,
      shift.set(v128.load(at(shiftVector, column))),
      ...totals.map((total, i) => total.set(v128.load(sumAddress(i), (i % 2) * 16))),
      offset.set(column.get),
      loop(
        offset,
        i32.mul(rows.get, pitch.get),
        pitch.get,
        prepare,
        ...totals.map((total, i) => total.set(f64x2.add(total.get, parts[i]))),
      ),
      ...totals.map((total, i) => v128.store(sumAddress(i), total.get, (i % 2) * 16)),
    ),
  );
}

function affine() {
  const builder = new FunctionBuilder();
  const [x, a, k, y, rows, width] = Array.from({ length: 6 }, () => builder.parameter('i32'));
  return eachElement(builder, rows, width, (offset, column) =>
    v128.store(
      at(y, offset),
      f32x4.add(f32x4.mul(v128.load(at(x, offset)), v128.load(at(a, column))), v128.load(at(k, column))),
    ),
  );
}

function affine2() {
  const builder = new FunctionBuilder();
  const [dy, x, a, b, k, y, rows, width] = Array.from({ length: 8 }, () => builder.parameter('i32'));
  return eachElement(builder, rows, width, (offset, column) => {
    const ofSlope = f32x4.mul(v128.load(at(dy, offset)), v128.load(at(a, column)));
    const ofX = f32x4.mul(v128.load(at(x, offset)), v128.load(at(b, column)));
    return v128.store(at(y, offset), f32x4.add(f32x4.add(ofSlope, ofX), v128.load(at(k, column))));
  });
}

/** Row after row, four columns at a time. */
function eachElement(
  builder: FunctionBuilder,
  rows: Local,
  width: Local,
  body: (offset: Local, column: Local) => Code,
) {
  const [offset, column, pitch, size] = Array.from({ length: 4 }, () => builder.local('i32'));
  return builder.build(
    pitch.set(bytes(width.get)),
    size.set(i32.mul(rows.get, pitch.get)),
    offset.set(zero),
    // The inner loop moves the offset on; the outer one only starts the columns again.
    loop(
      offset,
      size.get,
      zero,
      column.set(zero),
      loop(
        column,
        pitch.get,
        vectorBytes,
        body(offset, column),
        offset.set(i32.add(offset.get, vectorBytes)),
      ),
    ),
  );
}

function moveRuns(add: boolean) {
  const builder = new FunctionBuilder();
  const [from, to, count, length, fromStride, toStride] = Array.from({ length: 6 }, () =>
    builder.parameter('i32'),
  );
  const [run, i, size, whole] = Array.from({ length: 4 }, () => builder.local('i32'));
  const [source, target] = [at(from, i), at(to, i)];
  return builder.build(
    size.set(bytes(length.get)),
    whole.set(i32.and(size.get, i32.const(-16))),
    run.set(zero),
    loop(
      run,
      count.get,
      i32.const(1),
      i.set(zero),
      loop(
        i,
        whole.get,
        vectorBytes,
        v128.store(target, add ? f32x4.add(v128.load(target), v128.load(source)) : v128.load(source)),
      ),
      loop(
        i,
        size.get,
        i32.const(4),
        f32.store(target, add ? f32.add(f32.load(target), f32.load(source)) : f32.load(source)),
      ),
      from.set(i32.add(from.get, bytes(fromStride.get))),
      to.set(i32.add(to.get, bytes(toStride.get))),
    ),
  );
}

function eluGradient() {
  const builder = new FunctionBuilder();
  const [dy, y, dx, count] = Array.from({ length: 4 }, () => builder.parameter('i32'));
  const i = builder.local('i32');
  const [slope, value] = [builder.local('v128'), builder.local('v128')];
  const one = f32x4.splat(f32.const(1));
  return builder.build(
    i.set(zero),
    loop(
      i,
      bytes(count.get),
      vectorBytes,
      slope.set(v128.load(at(dy, i))),
      value.set(v128.load(at(y, i))),
      v128.store(
        at(dx, i),
        v128.select(
          slope.get,
          f32x4.mul(slope.get, f32x4.add(value.get, one)),
          f32x4.greater(value.get, f32x4.splat(f32.const(0))),
        ),
      ),
    ),
  );
}

function adam() {
  const builder = new FunctionBuilder();
  const [before, after, gradient, first, second, count] = Array.from({ length: 6 }, () =>
    builder.parameter('i32'),
  );
  const [beta1, beta2, keep1, keep2, rate, epsilon] = Array.from({ length: 6 }, () =>
    f32x4.splat(builder.parameter('f32').get),
  );
  const i = builder.local('i32');
  const [slope, m, v] = Array.from({ length: 3 }, () => builder.local('v128'));
  const blend = (beta: Code, old: Code, keep: Code, fresh: Code): Code =>
    f32x4.add(f32x4.mul(beta, old), f32x4.mul(keep, fresh));
  return builder.build(
    i.set(zero),
    loop(
      i,
      bytes(count.get),
      vectorBytes,
      slope.set(v128.load(at(gradient, i))),
      m.set(blend(beta1, v128.load(at(first, i)), keep1, slope.get)),
      v.set(blend(beta2, v128.load(at(second, i)), keep2, f32x4.mul(slope.get, slope.get))),
      v128.store(at(first, i), m.get),
      v128.store(at(second, i), v.get),
      v128.store(
        at(after, i),
        f32x4.sub(
          v128.load(at(before, i)),
          f32x4.div(f32x4.mul(rate, m.get), f32x4.add(f32x4.sqrt(v.get), epsilon)),
        ),
      ),
    ),
  );
}

/** Blocks of 4 x 4: four rows in, four columns out. */
function transpose() {
  const builder = new FunctionBuilder();
  const [from, to, rows, columns] = Array.from({ length: 4 }, () => builder.parameter('i32'));
  const [row, column, source, target, pitch, toPitch] = Array.from({ length: 6 }, () => builder.local('i32'));
  const lines = Array.from({ length: 4 }, () => builder.local('v128'));
  const pairs = Array.from({ length: 4 }, () => builder.local('v128'));
  const line = (base: Local, step: Local, i: number): Code =>
    i32.add(base.get, i32.mul(step.get, i32.const(i)));
  const [a, b, c, d] = lines.map(({ get }) => get);
  const [ab, abHigh, cd, cdHigh] = pairs.map(({ get }) => get);
  return builder.build(
    pitch.set(bytes(columns.get)),
    toPitch.set(bytes(rows.get)),
    loop(
      row,
      rows.get,
      i32.const(4),
      source.set(i32.add(from.get, i32.mul(row.get, pitch.get))),
      target.set(i32.add(to.get, bytes(row.get))),
      column.set(zero),
      loop(
        column,
        columns.get,
        i32.const(4),
        ...lines.map((value, i) => value.set(v128.load(line(source, pitch, i)))),
        ...[
          f32x4.shuffle(a, b, [0, 4, 1, 5]),
          f32x4.shuffle(a, b, [2, 6, 3, 7]),
          f32x4.shuffle(c, d, [0, 4, 1, 5]),
          f32x4.shuffle(c, d, [2, 6, 3, 7]),
        ].map((value, i) => pairs[i].set(value)),
        ...[
          f32x4.shuffle(ab, cd, [0, 1, 4, 5]),
          f32x4.shuffle(ab, cd, [2, 3, 6, 7]),
          f32x4.shuffle(abHigh, cdHigh, [0, 1, 4, 5]),
          f32x4.shuffle(abHigh, cdHigh, [2, 3, 6, 7]),
        ].map((value, i) => v128.store(line(target, toPitch, i), value)),
        source.set(i32.add(source.get, vectorBytes)),
        target.set(i32.add(target.get, i32.mul(toPitch.get, i32.const(4)))),
      ),
    ),
  );
}

/** Sixteen sums stay in registers while two panels go by. */
function panelProducts() {
  const builder = new FunctionBuilder();
  const [left, right, end, panelBytes, out, pitch] = Array.from({ length: 6 }, () =>
    builder.parameter('i32'),
  );
  const [offset, target] = [builder.local('i32'), builder.local('i32')];
  const vectors = [builder.local('v128'), builder.local('v128')];
  const sums = Array.from({ length: 4 }, () => [builder.local('v128'), builder.local('v128')]);
  return builder.build(
    loop(
      right,
      end.get,
      panelBytes.get,
      ...sums.flat().map((sum) => sum.set(f64x2.splat(f64.const(0)))),
      offset.set(zero),
      loop(
        offset,
        panelBytes.get,
        i32.const(32),
        ...vectors.map((vector, half) => vector.set(v128.load(at(right, offset), half * 16))),
        ...sums.flatMap((row, column) => {
          const factor = f64x2.loadSplat(at(left, offset), column * 8);
          return row.map((sum, half) => sum.set(f64x2.add(sum.get, f64x2.mul(factor, vectors[half].get))));
        }),
      ),
      target.set(out.get),
      ...sums.flatMap((row) => [
        ...row.map((sum, half) => v128.store(target.get, sum.get, half * 16)),
        target.set(i32.add(target.get, pitch.get)),
      ]),
      out.set(i32.add(out.get, i32.const(32))),
    ),
  );
}

/** The code of each kernel; what they compute is said at `SimdKernels`. */
export function simdFunctions(): Record<keyof SimdKernels, ReturnType<FunctionBuilder['build']>> {
  return {
    moments: moments(),
    products: products(),
    affine: affine(),
    affine2: affine2(),
    copyRuns: moveRuns(false),
    addRuns: moveRuns(true),
    eluGradient: eluGradient(),
    adam: adam(),
    transpose: transpose(),
    panelProducts: panelProducts(),
  };
}
