import snappy from 'snappyjs';
import { RandomAccessFile } from '../files/random-access.ts';
import { crc32c, maskCrc } from './crc32c.ts';
import { CheckpointFault, inFile, invalid } from './fault.ts';
import { WireReader } from './protobuf.ts';

/** Where a block lies in the file, without its five bytes of trailer. */
interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

interface IndexedBlock extends BlockHandle {
  /** Not smaller than any key of the block. */
  readonly lastKey: Buffer;
}

export interface TableEntry {
  readonly key: Buffer;
  /** A view of the block; it stays valid as long as it is held. */
  readonly value: Uint8Array;
}

const footerBytes = 48;
/** Compression type, then the masked CRC-32C of contents and type. */
const trailerBytes = 5;
const magic = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
/** No Snappy stream gives more: its shortest element of three bytes repeats at most 64. */
const greatestSnappyRatio = 22;

/**
 * A LevelDB table ("sorted string table"): keys in ascending order with their values, in blocks that may be compressed
 * and carry a checksum each. Only the index is held; blocks are read when they are asked for.
 *
 * Format: https://github.com/google/leveldb/blob/main/doc/table_format.md
 */
export class SortedTable {
  readonly file: RandomAccessFile;
  readonly #blocks: readonly IndexedBlock[];

  private constructor(file: RandomAccessFile, blocks: readonly IndexedBlock[]) {
    this.file = file;
    this.#blocks = blocks;
  }

  /** @throws FusiformError TF_CHECKPOINT_INVALID, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY */
  static async open(path: string): Promise<SortedTable> {
    const file = await RandomAccessFile.open(path);
    try {
      return await inFile(path, async () => new SortedTable(file, await readIndex(file)));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The entries in ascending order, from the block on that could hold `from`. @throws as `open` */
  async *entries(from?: Buffer): AsyncGenerator<TableEntry> {
    let last: Buffer | undefined;
    for (const block of this.#blocks) {
      if (from !== undefined && block.lastKey.compare(from) < 0) continue;
      const found = await inFile(this.file.path, async () => [
        ...blockEntries(await readBlock(this.file, block)),
      ]);
      for (const entry of found) {
        if (last !== undefined && last.compare(entry.key) >= 0) {
          throw invalid('its keys are out of order', this.file.path);
        }
        last = entry.key;
        yield entry;
      }
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

async function readIndex(file: RandomAccessFile): Promise<IndexedBlock[]> {
  if (file.bytes < footerBytes) throw new CheckpointFault('it is too short to be an index of variables');
  const footer = await file.read(file.bytes - footerBytes, footerBytes);
  if (!magic.every((byte, at) => footer[footerBytes - magic.length + at] === byte)) {
    throw new CheckpointFault('it does not end with the mark of an index of variables; it may be cut short');
  }
  const reader = new WireReader(footer.subarray(0, footerBytes - magic.length));
  readHandle(reader, file.bytes); // Of the metadata, which TensorFlow leaves empty.
  const index = await readBlock(file, readHandle(reader, file.bytes));
  const blocks: IndexedBlock[] = [];
  let end = 0;
  for (const { key, value } of blockEntries(index)) {
    const handle = readHandle(new WireReader(value), file.bytes);
    // In order and apart from each other: so no file makes its reader go through the same bytes again and again.
    if (handle.offset < end) throw new CheckpointFault('its blocks overlap');
    end = handle.offset + handle.size + trailerBytes;
    blocks.push({ ...handle, lastKey: key });
  }
  return blocks;
}

function readHandle(reader: WireReader, fileBytes: number): BlockHandle {
  const offset = reader.varint();
  const size = reader.varint();
  if (offset + size + trailerBytes > fileBytes) throw new CheckpointFault('a block lies beyond its end');
  return { offset, size };
}

async function readBlock(file: RandomAccessFile, { offset, size }: BlockHandle): Promise<Uint8Array> {
  const bytes = await file.read(offset, size + trailerBytes);
  if (bytes.length < size + trailerBytes) throw new CheckpointFault('it is cut short');
  const stored = new DataView(bytes.buffer).getUint32(size + 1, true);
  if (maskCrc(crc32c(bytes.subarray(0, size + 1))) !== stored) {
    throw new CheckpointFault(`the block at byte ${offset} does not match its checksum`);
  }
  const contents = bytes.subarray(0, size);
  const compression = bytes[size];
  if (compression === 0) return contents;
  if (compression === 1) return uncompress(contents);
  throw new CheckpointFault(`the block at byte ${offset} has the unknown compression ${compression}`);
}

function uncompress(contents: Uint8Array): Uint8Array {
  const declared = new WireReader(contents).varint();
  if (declared > contents.length * greatestSnappyRatio) {
    throw new CheckpointFault(`a compressed block of ${contents.length} bytes claims to hold ${declared}`);
  }
  try {
    return snappy.uncompress(contents, declared);
  } catch (error) {
    throw new CheckpointFault(`a compressed block cannot be expanded (${String(error)})`);
  }
}

/** Keys share their beginnings with the key before. The restart points at the end serve binary search only. */
function* blockEntries(block: Uint8Array): Generator<TableEntry> {
  if (block.length < 4) throw new CheckpointFault('a block is too short');
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const end = block.length - 4 - 4 * view.getUint32(block.length - 4, true);
  if (end < 0) throw new CheckpointFault('a block has more restart points than it has room for');
  const reader = new WireReader(block.subarray(0, end));
  let key = Buffer.alloc(0);
  while (!reader.done) {
    const shared = reader.varint();
    const ownLength = reader.varint();
    const valueLength = reader.varint();
    if (shared > key.length) throw new CheckpointFault('a key shares more than the key before it has');
    key = Buffer.concat([key.subarray(0, shared), reader.take(ownLength)]);
    yield { key, value: reader.take(valueLength) };
  }
}
