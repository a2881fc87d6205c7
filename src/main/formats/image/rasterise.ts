import sharp from 'sharp';

/**
 * Draws an SVG picture as PNG.
 *
 * @param svg the text of the drawing; its own width and height are the picture's.
 */
export async function rasterise(svg: string): Promise<Uint8Array> {
  return sharp(Buffer.from(svg)).flatten({ background: '#000' }).png({ compressionLevel: 6 }).toBuffer();
}
