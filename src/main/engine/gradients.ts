import type { NamedAttrMap, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './engine.ts';

/*
 * Gradients of the operations that the models are written with. tfjs-core alone registers none (its own stand
 * in the umbrella package, 200 MB of other things), and these broadcast where those tile.
 * An operation that is missing here fails in the backward pass with its name.
 */

type Gradients = Record<string, () => Tensor>;

interface Definition {
  readonly inputs?: readonly string[];
  readonly outputs?: readonly boolean[];
  /** All inputs, of an operation that takes a list of them. */
  readonly all?: boolean;
  readonly of: (tf: TensorFlow, dy: Tensor, saved: Tensor[], attrs: NamedAttrMap) => Gradients;
}

/** Gradients that another package has registered are replaced. */
export function registerGradients(tf: TensorFlow): void {
  for (const [kernelName, { inputs, outputs, all, of }] of Object.entries(definitions)) {
    if (tf.getGradient(kernelName) !== undefined) tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      inputsToSave: [...(inputs ?? [])],
      outputsToSave: [...(outputs ?? [])],
      saveAllInputs: all ?? false,
      gradFunc: (dy, saved, attrs) => of(tf, dy as Tensor, saved, attrs),
    });
  }
}

/** Sums a gradient over the axes along which an operand of this shape was broadcast. */
function unbroadcast(tf: TensorFlow, gradient: Tensor, shape: number[]): Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape, gradient.shape);
  return tf.reshape(axes.length === 0 ? gradient : tf.sum(gradient, axes), shape);
}

/** Spreads a gradient over the axes that a reduction removed. */
function spread(tf: TensorFlow, dy: Tensor, shape: number[], axis: unknown): Tensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], shape);
  const kept = shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return tf.mul(tf.ones(shape), tf.reshape(dy, kept));
}

function unary(of: (tf: TensorFlow, dy: Tensor, x: Tensor) => Tensor): Definition {
  return { inputs: ['x'], of: (tf, dy, [x]) => ({ x: () => of(tf, dy, x) }) };
}

function unaryOfOutput(of: (tf: TensorFlow, dy: Tensor, y: Tensor) => Tensor): Definition {
  return { outputs: [true], of: (tf, dy, [y]) => ({ x: () => of(tf, dy, y) }) };
}

const elementwise: Record<string, Definition> = {
  Abs: unary((tf, dy, x) => tf.mul(dy, tf.sign(x))),
  Cast: { of: (tf, dy) => ({ x: () => tf.clone(dy) }) },
  ClipByValue: {
    inputs: ['x'],
    of: (tf, dy, [x], attrs) => ({
      x: () => {
        const { clipValueMin, clipValueMax } = attrs as { clipValueMin: number; clipValueMax: number };
        const inside = tf.logicalAnd(tf.greaterEqual(x, clipValueMin), tf.lessEqual(x, clipValueMax));
        return tf.mul(dy, tf.cast(inside, 'float32'));
      },
    }),
  },
  Elu: unaryOfOutput((tf, dy, y) => tf.engine().runKernel('EluGrad', { dy, y }) as Tensor),
  Exp: unaryOfOutput((tf, dy, y) => tf.mul(dy, y)),
  Identity: { of: (tf, dy) => ({ x: () => tf.clone(dy) }) },
  LeakyRelu: {
    inputs: ['x'],
    of: (tf, dy, [x], attrs) => ({ x: () => tf.mul(dy, tf.step(x, (attrs as { alpha: number }).alpha)) }),
  },
  Log: unary((tf, dy, x) => tf.div(dy, x)),
  Log1p: unary((tf, dy, x) => tf.div(dy, tf.add(x, 1))),
  Neg: { of: (tf, dy) => ({ x: () => tf.neg(dy) }) },
  Relu: unary((tf, dy, x) => tf.mul(dy, tf.step(x))),
  Rsqrt: unaryOfOutput((tf, dy, y) => tf.mul(dy, tf.mul(-0.5, tf.mul(y, tf.square(y))))),
  Sigmoid: unaryOfOutput((tf, dy, y) => tf.mul(dy, tf.sub(y, tf.square(y)))),
  Softplus: unary((tf, dy, x) => tf.mul(dy, tf.sigmoid(x))),
  Sqrt: unaryOfOutput((tf, dy, y) => tf.div(dy, tf.mul(y, 2))),
  Square: unary((tf, dy, x) => tf.mul(dy, tf.mul(x, 2))),
  Tanh: unaryOfOutput((tf, dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),
};

const binary: Record<string, Definition> = {
  Add: {
    inputs: ['a', 'b'],
    of: (tf, dy, [a, b]) => ({
      a: () => unbroadcast(tf, dy, a.shape),
      b: () => unbroadcast(tf, dy, b.shape),
    }),
  },
  AddN: {
    all: true,
    of: (tf, dy, saved) => Object.fromEntries(saved.map((_, i) => [i, () => tf.clone(dy)])),
  },
  Maximum: {
    inputs: ['a', 'b'],
    of: (tf, dy, [a, b]) => ({
      a: () => unbroadcast(tf, tf.mul(dy, tf.cast(tf.greaterEqual(a, b), 'float32')), a.shape),
      b: () => unbroadcast(tf, tf.mul(dy, tf.cast(tf.less(a, b), 'float32')), b.shape),
    }),
  },
  Minimum: {
    inputs: ['a', 'b'],
    of: (tf, dy, [a, b]) => ({
      a: () => unbroadcast(tf, tf.mul(dy, tf.cast(tf.lessEqual(a, b), 'float32')), a.shape),
      b: () => unbroadcast(tf, tf.mul(dy, tf.cast(tf.greater(a, b), 'float32')), b.shape),
    }),
  },
  Multiply: {
    inputs: ['a', 'b'],
    of: (tf, dy, [a, b]) => ({
      a: () => unbroadcast(tf, tf.mul(dy, b), a.shape),
      b: () => unbroadcast(tf, tf.mul(dy, a), b.shape),
    }),
  },
  Pow: {
    inputs: ['a', 'b'],
    outputs: [true],
    of: (tf, dy, [a, b, y]) => ({
      a: () => unbroadcast(tf, tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))), a.shape),
      b: () => unbroadcast(tf, tf.mul(dy, tf.mul(y, tf.log(a))), b.shape),
    }),
  },
  RealDiv: {
    inputs: ['a', 'b'],
    of: (tf, dy, [a, b]) => ({
      a: () => unbroadcast(tf, tf.div(dy, b), a.shape),
      b: () => unbroadcast(tf, tf.neg(tf.div(tf.mul(dy, a), tf.square(b))), b.shape),
    }),
  },
  SquaredDifference: {
    inputs: ['a', 'b'],
    of: (tf, dy, [a, b]) => {
      const twice = (from: Tensor, to: Tensor) => tf.mul(tf.mul(dy, 2), tf.sub(from, to));
      return {
        a: () => unbroadcast(tf, twice(a, b), a.shape),
        b: () => unbroadcast(tf, twice(b, a), b.shape),
      };
    },
  },
  Sub: {
    inputs: ['a', 'b'],
    of: (tf, dy, [a, b]) => ({
      a: () => unbroadcast(tf, dy, a.shape),
      b: () => tf.neg(unbroadcast(tf, dy, b.shape)),
    }),
  },
};

const shaping: Record<string, Definition> = {
  Concat: {
    all: true,
    of: (tf, dy, saved, attrs) => {
      const shapes = saved.map((tensor) => tensor.shape);
      const [axis] = tf.util.parseAxisParam((attrs as { axis: number }).axis, shapes[0]);
      let start = 0;
      return Object.fromEntries(
        shapes.map((shape, i) => {
          const begin = shape.map((_, along) => (along === axis ? start : 0));
          start += shape[axis];
          return [i, () => tf.slice(dy, begin, shape)];
        }),
      );
    },
  },
  ExpandDims: { inputs: ['input'], of: (tf, dy, [input]) => ({ input: () => tf.reshape(dy, input.shape) }) },
  PadV2: {
    inputs: ['x'],
    of: (tf, dy, [x], attrs) => ({
      x: () => {
        const { paddings } = attrs as { paddings: [number, number][] };
        return tf.slice(
          dy,
          paddings.map(([before]) => before),
          x.shape,
        );
      },
    }),
  },
  Reshape: { inputs: ['x'], of: (tf, dy, [x]) => ({ x: () => tf.reshape(dy, x.shape) }) },
  Slice: {
    inputs: ['x'],
    of: (tf, dy, [x], attrs) => ({
      x: () => {
        const { begin, size } = attrs as { begin: number[]; size: number[] };
        const [start, extent] = tf.slice_util.parseSliceParams(x, begin, size);
        return tf.pad(
          dy,
          start.map((before, axis) => [before, x.shape[axis] - before - extent[axis]] as [number, number]),
        );
      },
    }),
  },
  SplitV: {
    of: (tf, dy, _saved, attrs) => ({
      x: () => tf.concat(dy as unknown as Tensor[], (attrs as { axis: number }).axis),
    }),
  },
  Transpose: {
    of: (tf, dy, _saved, attrs) => ({
      x: () => {
        const { perm } = attrs as { perm: number[] };
        return tf.transpose(
          dy,
          perm.map((_, axis) => perm.indexOf(axis)),
        );
      },
    }),
  },
};

const reductions: Record<string, Definition> = {
  Mean: {
    inputs: ['x'],
    of: (tf, dy, [x], attrs) => ({
      x: () => tf.div(spread(tf, dy, x.shape, (attrs as { axis: number[] }).axis), x.size / dy.size),
    }),
  },
  Sum: {
    inputs: ['x'],
    of: (tf, dy, [x], attrs) => ({ x: () => spread(tf, dy, x.shape, (attrs as { axis: number[] }).axis) }),
  },
};

interface ConvolutionAttributes {
  readonly strides: [number, number];
  readonly pad: Parameters<TensorFlow['conv2d']>[3];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

const linear: Record<string, Definition> = {
  BatchMatMul: {
    inputs: ['a', 'b'],
    of: (tf, dy, [a, b], attrs) => {
      const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
      return {
        a: () => (transposeA ? tf.matMul(b, dy, transposeB, true) : tf.matMul(dy, b, false, !transposeB)),
        b: () => (transposeB ? tf.matMul(dy, a, true, transposeA) : tf.matMul(a, dy, !transposeA, false)),
      };
    },
  },
  Conv2D: {
    inputs: ['x', 'filter'],
    of: (tf, dy, saved, attrs) => {
      const [x, filter] = saved as [Tensor4D, Tensor4D];
      return {
        x: () => inputGradient(tf, dy, filter, x.shape, attrs),
        filter: () => filterGradient(tf, x, dy, filter.shape, attrs),
      };
    },
  },
  /** The transposed convolution, going forward. */
  Conv2DBackpropInput: {
    inputs: ['dy', 'filter'],
    of: (tf, ddx, saved, attrs) => {
      const [dy, filter] = saved as [Tensor4D, Tensor4D];
      const { strides, pad, dimRoundingMode } = attrs as unknown as ConvolutionAttributes;
      return {
        dy: () => tf.conv2d(ddx as Tensor4D, filter, strides, pad, 'NHWC', 1, dimRoundingMode),
        filter: () => filterGradient(tf, ddx, dy, filter.shape, attrs),
      };
    },
  },
};

function inputGradient(
  tf: TensorFlow,
  dy: Tensor,
  filter: Tensor,
  inputShape: number[],
  attrs: NamedAttrMap,
): Tensor {
  return tf.engine().runKernel('Conv2DBackpropInput', { dy, filter }, { ...attrs, inputShape }) as Tensor;
}

function filterGradient(
  tf: TensorFlow,
  x: Tensor,
  dy: Tensor,
  filterShape: number[],
  attrs: NamedAttrMap,
): Tensor {
  return tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, { ...attrs, filterShape }) as Tensor;
}

const definitions: Record<string, Definition> = {
  ...elementwise,
  ...binary,
  ...shaping,
  ...reductions,
  ...linear,
};
