/** Markers of a frame, whose header holds the size: SOF0 to SOF15 without DHT, JPG and DAC, which lie among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Frames of one pass from top to bottom with Huffman's code: baseline and extended sequential. */
const sequentialFrames = [0xc0, 0xc1];
/** EXIF, which may say that the picture is to be turned. */
const app1 = 0xe1;
/** Colour profiles; second pictures. */
const app2 = 0xe2;
const startOfScan = 0xda;

/** A JPEG whose pixels are what its scan says: nothing to turn, no profile to convert from. */
export interface PlainJpeg {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3;
}

/**
 * The header of a plain JPEG: 8 bits, grey or three components, all of them in one sequential scan, no EXIF, no colour
 * profile (ITU-T T.81, annex B). One scan also bounds the work by the number of pixels: of a progressive file each
 * few bytes can ask for another pass over the whole picture.
 *
 * @returns null for every other file, damaged ones among them.
 */
export function plainJpegHeader(bytes: Uint8Array): PlainJpeg | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: PlainJpeg | null = null;
  let at = 2;
  while (at + 10 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === app1 || marker === app2) return null;
    if (marker === startOfScan) return frame?.components === bytes[at + 4] ? frame : null;
    if (isFrame(marker)) {
      const [bits, components] = [bytes[at + 4], bytes[at + 9]];
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      if (frame !== null || !sequentialFrames.includes(marker) || bits !== 8) return null;
      if ((components !== 1 && components !== 3) || width === 0 || height === 0) return null;
      frame = { width, height, components };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}
