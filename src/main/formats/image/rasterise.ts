import sharp from 'sharp';

/**
 * Draws an SVG picture as PNG.
 *
 * @param svg the text of the drawing; its own width and height are the picture's.
 * @param options.background default black; null leaves what nothing is drawn on transparent
 * @param options.scale pixels for each of the drawing's; default 1
 */
export async function rasterise(
  svg: string,
  { background = '#000', scale = 1 }: { readonly background?: string | null; readonly scale?: number } = {},
): Promise<Uint8Array> {
  // Drawings count 72 pixels an inch.
  const drawing = sharp(Buffer.from(svg), { density: 72 * scale, limitInputPixels: false });
  const whole = background === null ? drawing : drawing.flatten({ background });
  return whole.png({ compressionLevel: 6 }).toBuffer();
}
