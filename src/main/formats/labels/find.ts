import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** CelebA's tables, as its authors and Kaggle name them; of the names of one table the first that is there is read. */
const celebaTables: readonly (readonly string[])[] = [
  ['list_attr_celeba.txt', 'list_attr_celeba.csv'],
  ['list_eval_partition.txt', 'list_eval_partition.csv'],
  ['identity_CelebA.txt'],
];
/** Where CelebA's folders keep them, beside `Img`. */
const celebaFolders = ['.', 'Anno', 'Eval'];

/**
 * CelebA's label tables near a folder of images: in it, or in the three folders above it (`CelebA/Img/img_align_celeba`)
 * and in the folders `Anno` and `Eval` there.
 *
 * @returns paths, attributes first
 */
export function findLabelTables(imageFolder: string): string[] {
  const folder = resolve(imageFolder);
  const above = [folder, dirname(folder), dirname(dirname(folder))];
  return celebaTables.flatMap((names) => {
    const places = [...new Set(above)].flatMap((place) =>
      celebaFolders.flatMap((below) => names.map((name) => join(place, below, name))),
    );
    return places.find((path) => existsSync(path)) ?? [];
  });
}
