/* WebGPU as the W3C defines it, as far as it is used here; in Node it is Dawn, through the package `webgpu`. */

export interface Gpu {
  requestAdapter(options?: {
    powerPreference?: 'high-performance' | 'low-power';
  }): Promise<GpuAdapter | null>;
}

export interface GpuAdapter {
  readonly info: GpuAdapterInfo;
  readonly limits: Readonly<Record<LimitName, number>>;
  readonly features: ReadonlySet<string>;
  requestDevice(descriptor: {
    requiredFeatures: string[];
    requiredLimits: Partial<Record<LimitName, number>>;
  }): Promise<GpuDevice>;
}

export interface GpuAdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** True for one that computes on the processor, in software. */
  readonly isFallbackAdapter?: boolean;
}

export interface GpuDevice {
  readonly limits: Readonly<Record<LimitName, number>>;
  /** Resolves when the device can no longer be used; never rejects. */
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  addEventListener(
    type: 'uncapturederror',
    listener: (event: { readonly error: { readonly message: string } }) => void,
  ): void;
  destroy(): void;
}

/** Those that TensorFlow.js asks for at their largest. */
export const limitNames = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;
export type LimitName = (typeof limitNames)[number];

let started: Promise<Gpu> | undefined;

/**
 * Starts Dawn, once a thread, and puts WebGPU's names where TensorFlow.js looks for them: classes and constants
 * among the globals, the entry point in `navigator.gpu`, which also keeps it from being collected.
 */
export function startDawn(): Promise<Gpu> {
  started ??= import('webgpu').then(({ create, globals }) => {
    const gpu = create([]) as unknown as Gpu;
    Object.assign(globalThis, globals);
    const place = globalThis as { navigator?: object };
    // Node has a navigator from version 21 on.
    if (place.navigator === undefined) Object.defineProperty(place, 'navigator', { value: {} });
    Object.defineProperty(place.navigator, 'gpu', { value: gpu, configurable: true });
    return gpu;
  });
  return started;
}
