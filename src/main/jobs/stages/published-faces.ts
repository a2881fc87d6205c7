import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { encodePng } from '../../formats/image/encode.ts';
import { openMat } from '../../formats/mat/open-mat.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { publishedTestFaces } from '../published/layout.ts';
import { readPublishedCodes } from '../published/read-codes.ts';
import { readPublishedPictures } from '../published/read-pictures.ts';
import { defineStage } from '../stage.ts';
import { writeLatents } from './latents.ts';

const parameters = z.strictObject({
  space: z.enum(['VAEGAN', 'PCA']),
  latentDim: z.number().int().min(1),
});

export const publishedFaceFiles = { pictures: 'pictures', labels: 'labels.tsv' } as const;
/** The imagined face among the codes. */
export const imaginedFace = 'imagined.png';

/**
 * The faces of the published study (inputs `testImages`, `imaginedImage`, either may be absent) -> their codes, and, where the
 * files hold them, their pictures with a table of labels. The files name no face: they are called by their place.
 */
export const publishedFacesStage = defineStage({
  name: 'published-faces',
  version: 1,
  parameters,
  async run({ space, latentDim }, { inputs, outDir }) {
    const folder = join(outDir, publishedFaceFiles.pictures);
    const faces: string[] = [];
    const codes: Float32Array[] = [];
    const pictured: string[] = [];
    const add = async (path: string | undefined, nameOf: (face: number, count: number) => string) => {
      if (path === undefined) return;
      const file = await openMat(path);
      try {
        const { codes: read, count } = await readPublishedCodes(file, space, latentDim);
        const names = Array.from({ length: count }, (_, face) => nameOf(face, count));
        faces.push(...names);
        codes.push(read);
        const found = await readPublishedPictures(file, count);
        if (found === null) return;
        await mkdir(folder, { recursive: true });
        for (const [at, name] of names.entries()) {
          const png = await encodePng(found.pictures[at], found.width, found.height);
          await writeFileAtomic(join(folder, name), png);
        }
        pictured.push(...names);
      } finally {
        file.close();
      }
    };
    await add(inputs.testImages, (face, count) => testFaceName(face, count));
    const testFaces = faces.length;
    await add(inputs.imaginedImage, (face) => {
      if (face === 0) return imaginedFace;
      throw new FusiformError('PUBLISHED_SHAPE', 'More than one face is said to have been imagined.', {
        file: inputs.imaginedImage,
      });
    });
    const together = new Float32Array(faces.length * latentDim);
    codes.reduce((at, part) => {
      together.set(part, at);
      return at + part.length;
    }, 0);
    await writeLatents(outDir, { files: faces, latentDim, codes: together, model: null });
    if (pictured.length > 0) await writeLabels(join(outDir, publishedFaceFiles.labels), pictured, testFaces);
    return {
      summary: {
        testFaces,
        imagined: faces.length > testFaces,
        latents: latentDim,
        pictures: pictured.length,
      },
    };
  },
});

export function testFaceName(face: number, count: number): string {
  return `test-${String(face + 1).padStart(String(count).length, '0')}.png`;
}

/** Ten men, then ten women; of any other number nothing is known. */
async function writeLabels(path: string, faces: readonly string[], testFaces: number): Promise<void> {
  const { men, women } = publishedTestFaces;
  const known = testFaces === men + women;
  await writeTsvFile(
    path,
    ['file', 'Male'],
    faces.map((face, at) => [face, known && at < testFaces ? (at < men ? '1' : '-1') : 'n/a']),
  );
}
