import { FusiformError } from '../../shared/errors.ts';
import { Random } from '../math/random.ts';
import {
  type ExperimentPlan,
  type FaceRole,
  type StudyEvent,
  type StudyFace,
  type StudyRun,
  studyTiming,
} from './experiment.ts';
import { sampleFace } from './faces.ts';

/** A run of a real study, as its events file has it; which pictures the names stood for plays no part. */
export type RecordedRun = Pick<StudyRun, 'run' | 'session' | 'events'>;

export interface ReplayOptions {
  readonly seed: number | string;
  /** BIDS label of the subject. */
  readonly subject: string;
  readonly runs: readonly RecordedRun[];
}

const nCandidates = 20;

/**
 * A study of simulated people in the order, at the times and under the names of a real one (OpenNeuro ds001761).
 *
 * A picture's file name says who is on it: a test face has one name in the folders of all runs, and so is one face.
 * Names begin with M or F there; a face is drawn for that gender, one of another name for either. The events name no
 * imagined face: one of 20 candidates, 10 men and 10 women, which are shown in no run.
 *
 * @throws FusiformError SIMULATION_OPTIONS where the runs hold no test face or no training face, or a name is shown as
 *   both.
 */
export function replayExperiment({ seed, subject, runs }: ReplayOptions): ExperimentPlan {
  const random = new Random(seed).fork('replay');
  const faces = [...shownFaces(runs, random.fork('faces'))];
  const shown = new Map(faces.map((face, index) => [face.stimFile, index]));
  const firstOf = (role: FaceRole) =>
    Uint32Array.from(
      distinct(
        [...faces.keys()].filter((index) => faces[index].role === role),
        faces,
      ),
    );
  const testFaces = firstOf('test');
  if (testFaces.length === 0 || firstOf('train').length === 0) {
    throw new FusiformError('SIMULATION_OPTIONS', 'The runs show no test faces, or no training faces.');
  }
  const firstCandidate = faces.length;
  faces.push(...candidates(subject, random.fork('candidates')));
  const imaginedFace = firstCandidate + random.fork('imagined').integer(nCandidates);
  return {
    faces,
    testFaces,
    candidateFaces: Uint32Array.from({ length: nCandidates }, (_, at) => firstCandidate + at),
    imaginedFace,
    runs: runs.map(({ run, session, events }) => ({
      run,
      session,
      events,
      nVolumes: volumesOf(events),
      presented: Int32Array.from(events, ({ trialType, stimFile }) =>
        trialType === 'Img' ? imaginedFace : trialType === 'Fix' ? -1 : (shown.get(stimFile) ?? -1),
      ),
    })),
  };
}

/** One entry a path, those of the same file name with the same traits. */
function* shownFaces(runs: readonly RecordedRun[], random: Random): Generator<StudyFace> {
  const people = new Map<string, Pick<StudyFace, 'role' | 'parameters'>>();
  const paths = new Set<string>();
  for (const { trialType, stimFile } of runs.flatMap(({ events }) => events)) {
    if ((trialType !== 'train_face' && trialType !== 'test_face') || paths.has(stimFile)) continue;
    paths.add(stimFile);
    const role = trialType === 'test_face' ? 'test' : 'train';
    const name = nameOf(stimFile);
    const known = people.get(name);
    if (known !== undefined && known.role !== role) {
      throw new FusiformError('SIMULATION_OPTIONS', `"${name}" is shown for training and for testing.`);
    }
    const person = known ?? { role, parameters: sampleFace(random.fork(name), genderOf(name)) };
    people.set(name, person);
    yield { stimFile, ...person };
  }
}

function candidates(subject: string, random: Random): StudyFace[] {
  return Array.from({ length: nCandidates }, (_, at) => {
    const male = at < nCandidates / 2;
    const name = `${male ? 'M' : 'F'}${String(at + 1).padStart(2, '0')}.jpg`;
    return {
      stimFile: `sub${subject}/candidates/${name}`,
      role: 'candidate',
      parameters: sampleFace(random.fork(at), male),
    };
  });
}

/** The first of the faces of each name, men before women, by name. */
function distinct(indices: readonly number[], faces: readonly StudyFace[]): number[] {
  const first = new Map<string, number>();
  for (const index of indices) {
    const name = nameOf(faces[index].stimFile);
    if (!first.has(name)) first.set(name, index);
  }
  const sorted = [...first].sort(
    ([a], [b]) => Number(b.startsWith('M')) - Number(a.startsWith('M')) || (a < b ? -1 : 1),
  );
  return sorted.map(([, index]) => index);
}

function nameOf(stimFile: string): string {
  return stimFile.slice(stimFile.lastIndexOf('/') + 1);
}

function genderOf(name: string): boolean | undefined {
  if (/^[MF]\d/.test(name)) return name.startsWith('M');
  return undefined;
}

/** As scanned: to the end of the last trial's slot, and the blank after it (195 volumes, or 204 with imagery). */
function volumesOf(events: readonly StudyEvent[]): number {
  const { trialPeriod, blank, tR } = studyTiming;
  const ends = events.map(({ onset, duration }) => onset + Math.max(duration, trialPeriod));
  return Math.round((Math.max(...ends) + blank) / tR);
}
