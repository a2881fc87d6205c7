import type { RunnableStage } from '../stage.ts';
import { attributeAxesStage } from './attribute-axes.ts';
import { attributeAxisStage } from './attribute-axis.ts';
import { collectCodesStage } from './collect-codes.ts';
import { compareRegionsStage } from './compare-regions.ts';
import { decodeLatentsStage } from './decode-latents.ts';
import { decodePatternsStage } from './decode-patterns.ts';
import { decodedAttributesStage } from './decoded-attributes.ts';
import { encodeStage } from './encode.ts';
import { encodeFolderStage } from './encode-folder.ts';
import { estimateTrainingStage } from './estimate-training.ts';
import { evaluateStage } from './evaluate.ts';
import { fitDecoderStage } from './fit-decoder.ts';
import { fitEncodingStage } from './fit-encoding.ts';
import { fitMappingStage } from './fit-mapping.ts';
import { fitPcaStage } from './fit-pca.ts';
import { glmFitStage } from './glm-fit.ts';
import { glmPatternsStage } from './glm-patterns.ts';
import { groupStatisticsStage } from './group-statistics.ts';
import { imageryStage } from './imagery.ts';
import { imageryPatternsStage } from './imagery-patterns.ts';
import { importFacesStage } from './import-faces.ts';
import { importModelStage } from './import-model.ts';
import { importPublishedStage } from './import-published.ts';
import { indexSubjectStage } from './index-subject.ts';
import { interpolateStage } from './interpolate.ts';
import { keepDecoderStage } from './keep-decoder.ts';
import { keepWeightsStage } from './keep-weights.ts';
import { latentUsageStage } from './latent-usage.ts';
import { learningCurveStage } from './learning-curve.ts';
import { memorisationStage } from './memorisation.ts';
import { moveDecodedStage } from './move-decoded.ts';
import { nearestTrainingStage } from './nearest-training.ts';
import { neighboursStage } from './neighbours.ts';
import { previewVoxelsStage } from './preview-voxels.ts';
import { publishedFacesStage } from './published-faces.ts';
import { qualityStage } from './quality.ts';
import { readPatternsStage } from './read-patterns.ts';
import { runPatternsStage } from './run-patterns.ts';
import { sampleFacesStage } from './sample-faces.ts';
import { simulateFacesStage } from './simulate-faces.ts';
import { simulateScansStage } from './simulate-scans.ts';
import { simulateStimuliStage } from './simulate-stimuli.ts';
import { simulateStudyStage } from './simulate-study.ts';
import { stimulusOverlapStage } from './stimulus-overlap.ts';
import { trainVaeGanStage } from './train-vaegan.ts';
import { trainingPatternsStage } from './training-patterns.ts';
import { traverseStage } from './traverse.ts';
import { voxelReliabilityStage } from './voxel-reliability.ts';
import { voxelStatisticsStage } from './voxel-statistics.ts';
import { weightMapsStage } from './weight-maps.ts';

const stages: readonly RunnableStage[] = [
  attributeAxesStage,
  attributeAxisStage,
  collectCodesStage,
  compareRegionsStage,
  decodeLatentsStage,
  decodePatternsStage,
  decodedAttributesStage,
  encodeStage,
  encodeFolderStage,
  estimateTrainingStage,
  evaluateStage,
  fitDecoderStage,
  fitEncodingStage,
  fitMappingStage,
  fitPcaStage,
  glmFitStage,
  glmPatternsStage,
  groupStatisticsStage,
  imageryStage,
  imageryPatternsStage,
  importFacesStage,
  importModelStage,
  importPublishedStage,
  indexSubjectStage,
  interpolateStage,
  keepDecoderStage,
  latentUsageStage,
  learningCurveStage,
  memorisationStage,
  moveDecodedStage,
  nearestTrainingStage,
  neighboursStage,
  previewVoxelsStage,
  publishedFacesStage,
  qualityStage,
  readPatternsStage,
  runPatternsStage,
  sampleFacesStage,
  simulateFacesStage,
  keepWeightsStage,
  simulateScansStage,
  simulateStimuliStage,
  simulateStudyStage,
  stimulusOverlapStage,
  trainingPatternsStage,
  trainVaeGanStage,
  traverseStage,
  voxelReliabilityStage,
  voxelStatisticsStage,
  weightMapsStage,
];

/** The stage of a name, as a worker is told it. */
export function findStage(name: string): RunnableStage {
  const stage = stages.find((candidate) => candidate.name === name);
  if (!stage) throw new Error(`There is no stage "${name}".`);
  return stage;
}
