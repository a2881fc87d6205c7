export { orientationCode } from '../formats/nifti/orientation.ts';
