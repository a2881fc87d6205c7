import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { releases } from '../../src/main/engine/native/install/releases.ts';
import { listWheel, unpackWheel } from '../../src/main/engine/native/install/unpack.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { type Member, makeWheel, makeZip, noise, tensorFlowWheel } from './synthetic-wheel.ts';

describe('unpacking a wheel', () => {
  let folder: string;
  const { signal } = new AbortController();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fusiform-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function unpack(bytes: Buffer): Promise<string[]> {
    await writeFile(join(folder, 'a.whl'), bytes);
    const out = join(folder, 'out');
    await unpackWheel(join(folder, 'a.whl'), out, signal);
    const entries = await readdir(out, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
      .sort();
  }

  const invalid = (message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof FusiformError, String(error));
    assert.equal(error.code, 'ENGINE_WHEEL_INVALID');
    assert.match(error.message, message);
    return true;
  };

  it('takes the libraries and the headers that are needed, and nothing else', async () => {
    const { content } = tensorFlowWheel();
    assert.deepEqual(await unpack(content), [
      'deps/include/tensorflow/c/c_api.h',
      'deps/lib/libtensorflow_cc.so.2',
      'deps/lib/libtensorflow_framework.so.2',
    ]);
    assert.deepEqual(
      await readFile(join(folder, 'out/deps/lib/libtensorflow_cc.so.2')),
      noise(200_000, 'cc'),
    );
    assert.equal((await listWheel(join(folder, 'a.whl'))).bytes, 200_000 + 50_000 + 18);
  });

  it("lays NVIDIA's libraries out as they lie beside TensorFlow in Python, without headers and static parts", async () => {
    const member = (name: string, mode = 0o644): Member => ({ name, content: Buffer.from(name), mode });
    const wheel = makeWheel('nvidia_cuda_nvcc_cu12-12.5.82', [
      member('nvidia/__init__.py'),
      member('nvidia/cublas/include/cublas.h'),
      member('nvidia/cublas/lib/libcublas.so.12'),
      member('nvidia/cublas/lib/libcublas_static.a'),
      member('nvidia/cuda_nvcc/bin/ptxas', 0o755),
      member('nvidia/cuda_nvcc/bin/cudafe++', 0o755),
      member('nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc'),
      member('nvidia/cudnn/lib/libcudnn_ops.so.9'),
      member('nvidia_cuda_nvcc_cu12-12.5.82.dist-info/License.txt'),
    ]);
    assert.deepEqual(await unpack(wheel), [
      'deps/licences/nvidia_cuda_nvcc_cu12-12.5.82/License.txt',
      'deps/nvidia/cublas/lib/libcublas.so.12',
      'deps/nvidia/cuda_nvcc/bin/ptxas',
      'deps/nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
      'deps/nvidia/cudnn/lib/libcudnn_ops.so.9',
    ]);
    const { mode } = await stat(join(folder, 'out/deps/nvidia/cuda_nvcc/bin/ptxas'));
    assert.equal(mode & 0o111, 0o111);
  });

  it('refuses an archive that names files outside the folder', async () => {
    for (const name of ['../escaped.so', 'nvidia/x/lib/../../../../escaped.so', '/tmp/escaped.so']) {
      await assert.rejects(unpack(makeWheel('x-1', [{ name, content: Buffer.from('x') }])), invalid(/path/i));
    }
    assert.equal(existsSync(join(folder, 'escaped.so')), false);
  });

  it('refuses what is no archive, is cut off, or holds other bytes than its list says', async () => {
    const { content } = tensorFlowWheel();
    await assert.rejects(unpack(Buffer.from('something else')), invalid(/central directory|too short/i));
    await assert.rejects(unpack(content.subarray(0, 100_000)), invalid(/central directory/i));
    const flipped = Buffer.from(content);
    flipped[50_000] ^= 1;
    await assert.rejects(unpack(flipped), invalid(/RECORD|invalid|incorrect|unexpected/i));
    const members = [{ name: 'tensorflow/libtensorflow_cc.so.2', content: Buffer.from('x') }];
    await assert.rejects(unpack(makeZip(members)), invalid(/no RECORD/));
    await assert.rejects(
      unpack(makeWheel('x-1', members, 'tensorflow/libtensorflow_cc.so.2,sha256=AAAA,1\n')),
      invalid(/not what its RECORD says/),
    );
  });

  it('does not believe a size that is not true', async () => {
    const { content } = tensorFlowWheel();
    const lying = Buffer.from(content);
    // The size in the archive's directory, of the first file: 4 GB less one byte.
    const entry = lying.indexOf('PK\x01\x02');
    lying.writeUInt32LE(0xfffffffe, entry + 24);
    await assert.rejects(unpack(lying), invalid(/bytes|size/i));
  });
});

describe('the table of wheels', () => {
  it('names each file after its project and version, once', () => {
    for (const { wheels } of Object.values(releases)) {
      for (const { project, version, file, sha256, bytes } of wheels) {
        assert.ok(file.startsWith(`${project.replaceAll('-', '_')}-${version}-`), file);
        assert.match(file, /x86_64\.whl$/);
        assert.match(sha256, /^[0-9a-f]{64}$/);
        assert.ok(bytes > 500_000);
      }
      assert.equal(new Set(wheels.map(({ sha256 }) => sha256)).size, wheels.length);
    }
  });

  it("has for CUDA all of TensorFlow's extra and-cuda", () => {
    assert.deepEqual(
      releases.cuda.wheels.map(({ project, version }) => `${project} ${version}`),
      [
        'tensorflow 2.21.0',
        'nvidia-cublas-cu12 12.5.3.2',
        'nvidia-cuda-cupti-cu12 12.5.82',
        'nvidia-cuda-nvcc-cu12 12.5.82',
        'nvidia-cuda-nvrtc-cu12 12.5.82',
        'nvidia-cuda-runtime-cu12 12.5.82',
        'nvidia-cudnn-cu12 9.3.0.75',
        'nvidia-cufft-cu12 11.2.3.61',
        'nvidia-curand-cu12 10.3.6.82',
        'nvidia-cusolver-cu12 11.6.3.83',
        'nvidia-cusparse-cu12 12.5.1.3',
        'nvidia-nccl-cu12 2.27.7',
        'nvidia-nvjitlink-cu12 12.5.82',
      ],
    );
  });
});
