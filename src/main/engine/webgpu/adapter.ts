import { FusiformError } from '../../../shared/errors.ts';
import type { Processor } from '../engine.ts';
import type { Gpu, GpuAdapter, GpuAdapterInfo } from './dawn.ts';

/** Set to 1, it lets an adapter compute in software: for tests of correctness, ten times slower than WebAssembly. */
export const softwareVariable = 'FUSIFORM_WEBGPU_SOFTWARE';

export function softwareIsAllowed(): boolean {
  return process.env[softwareVariable] === '1';
}

/**
 * The fastest adapter of the machine; one that computes in software counts as none unless it is allowed.
 *
 * @throws FusiformError ENGINE_UNAVAILABLE saying what was found
 */
export async function chooseAdapter(gpu: Gpu): Promise<GpuAdapter> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) {
    throw new FusiformError(
      'ENGINE_UNAVAILABLE',
      'No graphics adapter was found: there is no GPU, or no driver for it.',
    );
  }
  if (isSoftware(adapter.info) && !softwareIsAllowed()) {
    throw new FusiformError(
      'ENGINE_UNAVAILABLE',
      `The only graphics adapter (${describeAdapter(adapter.info)}) computes in software, slower than WebAssembly.`,
    );
  }
  return adapter;
}

/** Mesa's lavapipe does not say of itself that it is a fallback. */
export function isSoftware({ isFallbackAdapter, architecture, description }: GpuAdapterInfo): boolean {
  return (
    isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe/i.test(`${architecture} ${description}`)
  );
}

/** WebGPU does not tell; the vendors that also make boards with memory of their own are taken to have sold one. */
export function processorOf(info: GpuAdapterInfo): Processor {
  if (isSoftware(info)) return 'software gpu';
  return ['nvidia', 'amd', 'apple'].includes(info.vendor.toLowerCase()) ? 'gpu' : 'integrated gpu';
}

/** As `nvidia, ampere, NVIDIA RTX A4000`: what the driver tells, without repeats. */
export function describeAdapter({ vendor, architecture, device, description }: GpuAdapterInfo): string {
  const parts = [vendor, architecture, description || device].filter((part) => part !== '');
  return parts.length === 0 ? 'an adapter without a name' : parts.join(', ');
}
