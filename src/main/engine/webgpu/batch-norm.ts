import type { NamedAttrMap, NamedTensorInfoMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { batchNormGradKernel, batchNormKernel } from '../batch-norm.ts';
import type { TensorFlow } from '../engine.ts';
import { engineInternals } from '../tfjs-internals.ts';
import { flatProgram, float, int, type WebGpuBackend } from './backend.ts';

type Named<K extends string> = Record<K, TensorInfo>;

/** Rows of `[rows, channels]`, and into how many parts they are cut for the sums by channel. */
interface Layout {
  readonly rows: number;
  readonly channels: number;
  readonly rowsAPart: number;
  readonly parts: number;
}

/** Enough for a large GPU to have something to do, few enough for the second sum. */
const wantedSums = 16384;

/** Three programs a pass: sums by part and channel, the sums of these with what follows by channel, and all elements. */
export function registerBatchNormKernels(tf: TensorFlow): void {
  const register = (
    kernelName: string,
    run: (backend: WebGpuBackend, inputs: NamedTensorInfoMap, epsilon: number) => Tensor[],
  ) => {
    tf.registerKernel({
      kernelName,
      backendName: 'webgpu',
      kernelFunc: ({ inputs, attrs, backend }) =>
        tf.tidy(() =>
          run(backend as WebGpuBackend, inputs, (attrs as NamedAttrMap & { epsilon: number }).epsilon),
        ),
    });
  };
  register(batchNormKernel, (backend, inputs, epsilon) => forward(tf, backend, inputs, epsilon));
  register(batchNormGradKernel, (backend, inputs, epsilon) => backward(tf, backend, inputs, epsilon));
}

function forward(
  tf: TensorFlow,
  backend: WebGpuBackend,
  inputs: NamedTensorInfoMap,
  epsilon: number,
): Tensor[] {
  const { x, scale, offset } = inputs as Named<'x' | 'scale' | 'offset'>;
  const layout = layoutOf(x, scale);
  const sums = sumByPart(tf, backend, 'moments', [x], layout);
  // Rows: mean, variance, then factor and constant of y = a x + k.
  const stats = byChannel(tf, backend, 'moments', 4, [sums, x, scale, offset], layout, epsilon);
  const y = everyElement(tf, backend, 'affine', [x, stats], x.shape, layout);
  return [y, row(tf, stats, 0), row(tf, stats, 1)];
}

/** `dx = scale / std (dy - mean(dy) - xHat mean(dy xHat))`, written as `a dy + b x + k` by channel. */
function backward(
  tf: TensorFlow,
  backend: WebGpuBackend,
  inputs: NamedTensorInfoMap,
  epsilon: number,
): Tensor[] {
  const { dy, x, scale, r0, r1 } = inputs as Named<'dy' | 'x' | 'scale' | 'r0' | 'r1'>;
  const layout = layoutOf(x, scale);
  const sums = sumByPart(tf, backend, 'products', [dy, x, r0], layout);
  // Rows: gradients of scale and offset, then a, b and k.
  const stats = byChannel(tf, backend, 'products', 5, [sums, scale, r0, r1], layout, epsilon);
  const dx = everyElement(tf, backend, 'affine2', [dy, x, stats], x.shape, layout);
  return [dx, row(tf, stats, 0), row(tf, stats, 1)];
}

function layoutOf(x: TensorInfo, scale: TensorInfo): Layout {
  const channels = scale.shape[0];
  const rows = x.shape.reduce((product, size) => product * size, 1) / channels;
  const parts = Math.max(1, Math.min(Math.ceil(Math.sqrt(rows)), Math.ceil(wantedSums / channels)));
  const rowsAPart = Math.ceil(rows / parts);
  return { rows, channels, rowsAPart, parts: Math.ceil(rows / rowsAPart) };
}

const layoutUniforms = 'rows : i32, channels : i32, rowsAPart : i32, parts : i32, epsilon : f32,';

function uniformsOf({ rows, channels, rowsAPart, parts }: Layout, epsilon: number) {
  return [int(rows), int(channels), int(rowsAPart), int(parts), float(epsilon)];
}

/** What is added up for row and channel at `at`. Moments are taken around the first row: large means cost no digits. */
const summands = {
  moments: { inputs: ['x'], code: 'let d = x[at] - x[c]; first += d; second += d * d;' },
  products: {
    inputs: ['dy', 'x', 'mean'],
    code: 'first += dy[at]; second += dy[at] * (x[at] - mean[c]);',
  },
} as const;

/** @returns `[2, parts, channels]` */
function sumByPart(
  tf: TensorFlow,
  backend: WebGpuBackend,
  kind: keyof typeof summands,
  inputs: readonly TensorInfo[],
  layout: Layout,
): Tensor {
  const { parts, channels } = layout;
  const program = flatProgram({
    name: `sum_${kind}`,
    inputs: summands[kind].inputs,
    outputShape: [2, parts, channels],
    count: parts * channels,
    uniforms: layoutUniforms,
    code: `
      fn main(index : i32) {
        let count = uniforms.parts * uniforms.channels;
        if (index >= count) { return; }
        let c = index % uniforms.channels;
        let start = index / uniforms.channels * uniforms.rowsAPart;
        let end = min(uniforms.rows, start + uniforms.rowsAPart);
        var first = 0.0;
        var second = 0.0;
        for (var r = start; r < end; r = r + 1) {
          let at = r * uniforms.channels + c;
          ${summands[kind].code}
        }
        result[index] = first;
        result[count + index] = second;
      }`,
  });
  return run(tf, backend, program, inputs, layout, 0);
}

/** From the two sums of a channel to its row of figures. */
const figures = {
  moments: {
    inputs: ['sums', 'x', 'scale', 'offset'],
    code: `
      let shifted = first / n;
      let variance = max(0.0, second / n - shifted * shifted);
      let a = scale[c] / sqrt(variance + uniforms.epsilon);
      let mean = x[c] + shifted;
      result[c] = mean;
      result[channels + c] = variance;
      result[2 * channels + c] = a;
      result[3 * channels + c] = offset[c] - mean * a;`,
  },
  products: {
    inputs: ['sums', 'scale', 'mean', 'variance'],
    code: `
      let inverse = 1.0 / sqrt(variance[c] + uniforms.epsilon);
      let a = scale[c] * inverse;
      let b = -a * inverse * inverse * second / n;
      result[c] = second * inverse;
      result[channels + c] = first;
      result[2 * channels + c] = a;
      result[3 * channels + c] = b;
      result[4 * channels + c] = -a * first / n - b * mean[c];`,
  },
} as const;

/** @returns `[figures, channels]` */
function byChannel(
  tf: TensorFlow,
  backend: WebGpuBackend,
  kind: keyof typeof figures,
  count: number,
  inputs: readonly TensorInfo[],
  layout: Layout,
  epsilon: number,
): Tensor {
  const program = flatProgram({
    name: `figures_${kind}`,
    inputs: figures[kind].inputs,
    outputShape: [count, layout.channels],
    count: layout.channels,
    uniforms: layoutUniforms,
    code: `
      fn main(c : i32) {
        let channels = uniforms.channels;
        if (c >= channels) { return; }
        let n = f32(uniforms.rows);
        var first = 0.0;
        var second = 0.0;
        for (var p = 0; p < uniforms.parts; p = p + 1) {
          first += sums[p * channels + c];
          second += sums[(uniforms.parts + p) * channels + c];
        }
        ${figures[kind].code}
      }`,
  });
  return run(tf, backend, program, inputs, layout, epsilon);
}

const elements = {
  affine: {
    inputs: ['x', 'stats'],
    code: 'stats[2 * channels + c] * x[index] + stats[3 * channels + c]',
  },
  affine2: {
    inputs: ['dy', 'x', 'stats'],
    code: 'stats[2 * channels + c] * dy[index] + stats[3 * channels + c] * x[index] + stats[4 * channels + c]',
  },
} as const;

function everyElement(
  tf: TensorFlow,
  backend: WebGpuBackend,
  kind: keyof typeof elements,
  inputs: readonly TensorInfo[],
  shape: readonly number[],
  layout: Layout,
): Tensor {
  const program = flatProgram({
    name: kind,
    inputs: elements[kind].inputs,
    outputShape: shape,
    count: layout.rows * layout.channels,
    uniforms: layoutUniforms,
    code: `
      fn main(index : i32) {
        let channels = uniforms.channels;
        if (index >= uniforms.rows * channels) { return; }
        let c = index % channels;
        result[index] = ${elements[kind].code};
      }`,
  });
  return run(tf, backend, program, inputs, layout, 0);
}

function run(
  tf: TensorFlow,
  backend: WebGpuBackend,
  program: Parameters<WebGpuBackend['runWebGPUProgram']>[0],
  inputs: readonly TensorInfo[],
  layout: Layout,
  epsilon: number,
): Tensor {
  const output = backend.runWebGPUProgram(program, inputs, 'float32', uniformsOf(layout, epsilon));
  return engineInternals(tf).makeTensorFromTensorInfo(output);
}

function row(tf: TensorFlow, stats: Tensor, at: number): Tensor {
  return tf.reshape(tf.slice(stats, [at, 0], [1, -1]), [-1]);
}
