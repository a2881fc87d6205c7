export type { Grid, Volume } from '../../../shared/space/grid.ts';
