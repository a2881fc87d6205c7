/** Address of the picture of a face of a set. */
export function faceAddress(project: string, artifact: string, index: number): string {
  return `/data/${project}/faces/${artifact}/${index}.png`;
}
