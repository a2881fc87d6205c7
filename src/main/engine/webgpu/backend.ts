import type { DataId, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuDevice } from './dawn.ts';

/** The backend class of tfjs-backend-webgpu, as far as it is used here. */
export interface WebGpuBackend extends KernelBackend {
  readonly device: GpuDevice;
  makeTensorInfo(shape: number[], dtype: 'float32', values?: Float32Array): TensorInfo;
  /** Queues a program; with `output` it writes into that tensor instead of a new one. */
  runWebGPUProgram(
    program: Program,
    inputs: readonly TensorInfo[],
    outputDtype: 'float32',
    uniforms?: Uniform[],
    output?: TensorInfo,
  ): TensorInfo;
  read(dataId: DataId): Promise<Float32Array>;
}

export interface Uniform {
  readonly type: 'int32' | 'float32';
  readonly data: number[];
}

/**
 * A compute program in WGSL: the backend declares its inputs as arrays of their names, the output as `result`
 * (which may be read too) and `uniforms`, and calls `main(index)` for each invocation.
 */
export interface Program {
  readonly variableNames: string[];
  readonly outputShape: number[];
  /** Set by the backend: names the compiled program together with ranks and types. */
  shaderKey: string;
  readonly workgroupSize: [number, number, number];
  dispatchLayout: { x: number[] };
  /** Workgroups; the backend spreads what is too much for one dimension over two or three. */
  dispatch: [number, number, number];
  readonly uniforms?: string;
  getUserCode(): string;
}

const workgroup = 64;

/** A program whose `main` is called for every index below `count`, and perhaps for some above it. */
export function flatProgram(definition: {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputShape: readonly number[];
  readonly count: number;
  /** Declarations, each with a comma after it, in the order in which the values are given. */
  readonly uniforms: string;
  readonly code: string;
}): Program {
  const { name, inputs, outputShape, count, uniforms, code } = definition;
  return {
    variableNames: [...inputs],
    outputShape: [...outputShape],
    shaderKey: `fusiform_${name}`,
    workgroupSize: [workgroup, 1, 1],
    dispatchLayout: { x: outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(count / workgroup), 1, 1],
    uniforms,
    getUserCode: () => code,
  };
}

export const int = (value: number): Uniform => ({ type: 'int32', data: [value] });
export const float = (value: number): Uniform => ({ type: 'float32', data: [value] });
