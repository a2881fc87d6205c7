/* Float64 loops that say what the operations mean: slow, plain, and independent of any engine. */

export interface ConvolutionShape {
  readonly n: number;
  readonly h: number;
  readonly w: number;
  readonly inC: number;
  readonly outC: number;
  readonly kernel: number;
  readonly stride: number;
}

/** SAME padding as TensorFlow defines it: the odd pixel goes to the end. */
export function samePadding(size: number, kernel: number, stride: number): { out: number; before: number } {
  const out = Math.ceil(size / stride);
  return { out, before: Math.floor(Math.max(0, (out - 1) * stride + kernel - size) / 2) };
}

/** Calls `visit` with flat indices (x, filter, y) for every product that the convolution adds up. */
function forEachProduct(shape: ConvolutionShape, visit: (x: number, f: number, y: number) => void): void {
  const { n, h, w, inC, outC, kernel, stride } = shape;
  const rows = samePadding(h, kernel, stride);
  const columns = samePadding(w, kernel, stride);
  for (let b = 0; b < n; b++)
    for (let oy = 0; oy < rows.out; oy++)
      for (let ox = 0; ox < columns.out; ox++)
        for (let ky = 0; ky < kernel; ky++)
          for (let kx = 0; kx < kernel; kx++) {
            const iy = oy * stride - rows.before + ky;
            const ix = ox * stride - columns.before + kx;
            if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
            const x = ((b * h + iy) * w + ix) * inC;
            const f = (ky * kernel + kx) * inC * outC;
            const y = ((b * rows.out + oy) * columns.out + ox) * outC;
            for (let i = 0; i < inC; i++)
              for (let o = 0; o < outC; o++) visit(x + i, f + i * outC + o, y + o);
          }
}

export function outputSize({ n, h, w, outC, kernel, stride }: ConvolutionShape): number {
  return n * samePadding(h, kernel, stride).out * samePadding(w, kernel, stride).out * outC;
}

export function convolve(
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  shape: ConvolutionShape,
): Float64Array {
  const y = new Float64Array(outputSize(shape));
  forEachProduct(shape, (i, f, o) => {
    y[o] += x[i] * filter[f];
  });
  return y;
}

export function convolutionInputGradient(
  dy: ArrayLike<number>,
  filter: ArrayLike<number>,
  shape: ConvolutionShape,
): Float64Array {
  const dx = new Float64Array(shape.n * shape.h * shape.w * shape.inC);
  forEachProduct(shape, (i, f, o) => {
    dx[i] += dy[o] * filter[f];
  });
  return dx;
}

export function convolutionFilterGradient(
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
  shape: ConvolutionShape,
): Float64Array {
  const df = new Float64Array(shape.kernel ** 2 * shape.inC * shape.outC);
  forEachProduct(shape, (i, f, o) => {
    df[f] += x[i] * dy[o];
  });
  return df;
}

/** One number of what `convolve` returns, at its flat position. */
export function convolveAt(
  x: ArrayLike<number>,
  filter: ArrayLike<number>,
  shape: ConvolutionShape,
  at: number,
): number {
  const { h, w, inC, outC, kernel, stride } = shape;
  const [rows, columns] = [samePadding(h, kernel, stride), samePadding(w, kernel, stride)];
  const o = at % outC;
  const ox = Math.floor(at / outC) % columns.out;
  const oy = Math.floor(at / outC / columns.out) % rows.out;
  const b = Math.floor(at / outC / columns.out / rows.out);
  let sum = 0;
  for (let ky = 0; ky < kernel; ky++)
    for (let kx = 0; kx < kernel; kx++) {
      const [iy, ix] = [oy * stride - rows.before + ky, ox * stride - columns.before + kx];
      if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
      const from = ((b * h + iy) * w + ix) * inC;
      const f = (ky * kernel + kx) * inC * outC + o;
      for (let i = 0; i < inC; i++) sum += x[from + i] * filter[f + i * outC];
    }
  return sum;
}

/** One number of what `convolutionInputGradient` returns. */
export function convolutionInputGradientAt(
  dy: ArrayLike<number>,
  filter: ArrayLike<number>,
  shape: ConvolutionShape,
  at: number,
): number {
  const { h, w, inC, outC, kernel, stride } = shape;
  const [rows, columns] = [samePadding(h, kernel, stride), samePadding(w, kernel, stride)];
  const i = at % inC;
  const ix = Math.floor(at / inC) % w;
  const iy = Math.floor(at / inC / w) % h;
  const b = Math.floor(at / inC / w / h);
  let sum = 0;
  for (let ky = 0; ky < kernel; ky++)
    for (let kx = 0; kx < kernel; kx++) {
      const [oy, ox] = [(iy + rows.before - ky) / stride, (ix + columns.before - kx) / stride];
      if (!Number.isInteger(oy) || !Number.isInteger(ox)) continue;
      if (oy < 0 || oy >= rows.out || ox < 0 || ox >= columns.out) continue;
      const from = ((b * rows.out + oy) * columns.out + ox) * outC;
      const f = ((ky * kernel + kx) * inC + i) * outC;
      for (let o = 0; o < outC; o++) sum += dy[from + o] * filter[f + o];
    }
  return sum;
}

/** One number of what `convolutionFilterGradient` returns. */
export function convolutionFilterGradientAt(
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
  shape: ConvolutionShape,
  at: number,
): number {
  const { n, h, w, inC, outC, kernel, stride } = shape;
  const [rows, columns] = [samePadding(h, kernel, stride), samePadding(w, kernel, stride)];
  const o = at % outC;
  const i = Math.floor(at / outC) % inC;
  const kx = Math.floor(at / outC / inC) % kernel;
  const ky = Math.floor(at / outC / inC / kernel);
  let sum = 0;
  for (let b = 0; b < n; b++)
    for (let oy = 0; oy < rows.out; oy++)
      for (let ox = 0; ox < columns.out; ox++) {
        const [iy, ix] = [oy * stride - rows.before + ky, ox * stride - columns.before + kx];
        if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
        sum += x[((b * h + iy) * w + ix) * inC + i] * dy[((b * rows.out + oy) * columns.out + ox) * outC + o];
      }
  return sum;
}

/** One number of what `multiply` returns. */
export function multiplyAt(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [m, k, n]: readonly [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
  at: number,
): number {
  const [i, j] = [Math.floor(at / n), at % n];
  let sum = 0;
  for (let l = 0; l < k; l++) {
    sum += a[transposeA ? l * m + i : i * k + l] * b[transposeB ? j * k + l : l * n + j];
  }
  return sum;
}

/** `[m, k]` times `[k, n]`, either factor possibly stored the other way round. */
export function multiply(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [m, k, n]: readonly [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  const product = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let l = 0; l < k; l++) {
      const left = a[transposeA ? l * m + i : i * k + l];
      for (let j = 0; j < n; j++) product[i * n + j] += left * b[transposeB ? j * k + l : l * n + j];
    }
  return product;
}

export interface BatchNormResult {
  readonly y: Float64Array;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  readonly dx: Float64Array;
  readonly dScale: Float64Array;
  readonly dOffset: Float64Array;
}

/** Batch normalisation over rows of `channels` numbers and its gradient for a given dy (Ioffe and Szegedy 2015). */
export function normalise(
  x: ArrayLike<number>,
  scale: ArrayLike<number>,
  offset: ArrayLike<number>,
  dy: ArrayLike<number>,
  epsilon: number,
): BatchNormResult {
  const channels = scale.length;
  const rows = x.length / channels;
  const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)];
  const [mean, variance, dScale, dOffset] = Array.from({ length: 4 }, () => new Float64Array(channels));
  for (let c = 0; c < channels; c++) {
    for (let r = 0; r < rows; r++) mean[c] += x[r * channels + c] / rows;
    for (let r = 0; r < rows; r++) variance[c] += (x[r * channels + c] - mean[c]) ** 2 / rows;
    const inverse = 1 / Math.sqrt(variance[c] + epsilon);
    for (let r = 0; r < rows; r++) {
      const i = r * channels + c;
      const normal = (x[i] - mean[c]) * inverse;
      y[i] = normal * scale[c] + offset[c];
      dScale[c] += dy[i] * normal;
      dOffset[c] += dy[i];
    }
    for (let r = 0; r < rows; r++) {
      const i = r * channels + c;
      const normal = (x[i] - mean[c]) * inverse;
      dx[i] = ((scale[c] * inverse) / rows) * (rows * dy[i] - dOffset[c] - normal * dScale[c]);
    }
  }
  return { y, mean, variance, dx, dScale, dOffset };
}
