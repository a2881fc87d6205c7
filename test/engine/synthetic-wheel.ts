import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import type { Release, Wheel } from '../../src/main/engine/native/install/releases.ts';

export interface Member {
  readonly name: string;
  readonly content: Buffer;
  /** Unix permissions; default 0o644. */
  readonly mode?: number;
}

/** A wheel: a zip archive whose RECORD lists the checksums of its files. */
export function makeWheel(dist: string, members: readonly Member[], record?: string): Buffer {
  const rows = members.map(({ name, content }) => {
    const sha256 = createHash('sha256').update(content).digest('base64url');
    return `${name},sha256=${sha256},${content.length}`;
  });
  const name = `${dist}.dist-info/RECORD`;
  const text = record ?? `${[...rows, `${name},,`].join('\n')}\n`;
  return makeZip([...members, { name, content: Buffer.from(text) }]);
}

export function makeZip(members: readonly Member[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0o644 } of members) {
    const data = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
    const attributes = Buffer.alloc(14);
    attributes.writeUInt32LE(((0o100000 | mode) << 16) >>> 0, 6);
    attributes.writeUInt32LE(offset, 10);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, attributes, Buffer.from(name)]),
    );
    parts.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(members.length, 4);
  end.writeUInt16LE(members.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listed, Buffer.from('PK\x05\x06'), end]);
}

/** Bytes that do not compress, the same for the same seed. */
export function noise(bytes: number, seed: string): Buffer {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, i) =>
    createHash('sha256').update(`${seed} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, bytes);
}

export function wheelOf(project: string, file: string, content: Buffer): Wheel {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { project, version: '1.0', file, bytes: content.length, sha256 };
}

/** A wheel laid out as TensorFlow's, with noise for libraries. */
export function tensorFlowWheel(bytes = 200_000): { wheel: Wheel; content: Buffer } {
  const content = makeWheel('tensorflow_cpu-1.0', [
    { name: 'tensorflow/libtensorflow_cc.so.2', content: noise(bytes, 'cc') },
    { name: 'tensorflow/libtensorflow_framework.so.2', content: noise(bytes / 4, 'framework') },
    { name: 'tensorflow/include/tensorflow/c/c_api.h', content: Buffer.from('/* C interface */\n') },
    { name: 'tensorflow/include/Eigen/Core', content: Buffer.from('/* not needed */\n') },
    { name: 'tensorflow/python/ops.py', content: Buffer.from('# not needed\n') },
  ]);
  return { wheel: wheelOf('tensorflow-cpu', 'tensorflow_cpu-1.0-cp311-cp311-linux.whl', content), content };
}

export function releaseOf(device: Release['device'], wheels: readonly Wheel[]): Release {
  return { device, tensorFlow: '2.21.0', wheels, unpackedBytes: 1e6, keptBytes: 1e6, notes: [] };
}
