import sharp from 'sharp';

/**
 * Draws an SVG picture as PNG.
 *
 * @param svg the text of the drawing; its own width and height are the picture's.
 * @param options.background default black
 * @param options.scale pixels for each of the drawing's; default 1
 */
export async function rasterise(
  svg: string,
  { background = '#000', scale = 1 }: { readonly background?: string; readonly scale?: number } = {},
): Promise<Uint8Array> {
  // Drawings count 72 pixels an inch.
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .flatten({ background })
    .png({ compressionLevel: 6 })
    .toBuffer();
}
