import type { JobRequest } from '../../../shared/contract/job-requests.ts';

export interface Setting {
  readonly name: string;
  readonly value: string;
}

type Rule = Extract<JobRequest, { kind: 'fit-map' }>['faceRule'];

/** What a request would run with, as people read it: what was left to its default is seen before it starts. */
export function describeSettings(request: JobRequest): Setting[] {
  if (request.kind === 'fit-map') {
    const changed = Object.keys(request.settings);
    return [
      { name: 'Noise', value: request.noise === 'ar1' ? 'AR(1), prewhitened' : 'white' },
      { name: 'GLM', value: changed.length === 0 ? 'as published' : `changed: ${changed.join(', ')}` },
      { name: 'Voxels that see faces', value: describeRule(request.faceRule) },
      { name: 'Voxels by gain', value: describeRule(request.gainRule) },
      { name: 'Mask', value: request.mask ?? "the subject's own" },
      { name: 'Engine', value: request.engine },
    ];
  }
  if (request.kind === 'decode-subject') {
    return [
      { name: 'Decoder', value: request.decoder },
      { name: 'Engine', value: request.engine },
    ];
  }
  if (request.kind === 'evaluate-subject') {
    return [
      { name: 'Decoder', value: request.decoder },
      { name: 'Permutations', value: String(request.permutations) },
      { name: 'Seed', value: String(request.seed) },
      { name: 'Engine', value: request.engine },
    ];
  }
  return [];
}

function describeRule(rule: Rule): string {
  if (rule.kind === 'all') return 'all';
  if (rule.kind === 'fdr') return `FDR q < ${rule.q}`;
  if (rule.kind === 'p') return `p < ${rule.p}`;
  if (rule.kind === 'fraction') return `best ${(100 * rule.keep).toFixed(0)} %`;
  return rule.kind === 'count' ? `best ${rule.keep}` : `statistic > ${rule.statistic}`;
}
