import { FusiformError } from '../../shared/errors.ts';
import { Random } from '../math/random.ts';
import { type FaceParameters, sampleFace } from './faces.ts';

/**
 * The face study of VanRullen & Reddy (2019) as its published event files have it (OpenNeuro ds001761): a
 * picture for 1 s every 3 s, 8 immediate repeats and 30 fixation nulls a run, 6 s blank at both ends, and in
 * some runs one imagery block of 12 s with 6 s blank after it, before the first picture.
 */
export const studyTiming = {
  tR: 2,
  trialDuration: 1,
  trialPeriod: 3,
  blank: 6,
  imageryDuration: 12,
} as const;

/** What a face is in the study for; `candidate` faces are shown in no run, one of them is imagined. */
export type FaceRole = 'train' | 'test' | 'candidate';

export interface StudyFace {
  /** Path relative to `stimuli/`, such as `sub01/run01/F0031.png`; the letter stands for the gender. */
  readonly stimFile: string;
  readonly role: FaceRole;
  readonly parameters: FaceParameters;
}

/** A row of an event file. */
export interface StudyEvent {
  /** Seconds from the first volume. */
  readonly onset: number;
  readonly duration: number;
  readonly trialType: 'train_face' | 'test_face' | 'Fix' | 'Img';
  readonly stimFile: string;
  readonly oneBack: boolean;
}

export interface StudyRun {
  /** One-based, within the session. */
  readonly run: number;
  /** One-based. */
  readonly session: number;
  readonly nVolumes: number;
  /** What the event file says, ascending in onset. */
  readonly events: readonly StudyEvent[];
  /** What the brain was given, one an event: the index of a face in `ExperimentPlan.faces`, or -1 for none. */
  readonly presented: Int32Array;
}

export interface ExperimentPlan {
  readonly faces: readonly StudyFace[];
  /** Indices into `faces`, 10 men first, then 10 women, as in the study's files. */
  readonly testFaces: Uint32Array;
  readonly candidateFaces: Uint32Array;
  /** Index into `faces` of the one candidate that is imagined. */
  readonly imaginedFace: number;
  readonly runs: readonly StudyRun[];
}

export interface ExperimentOptions {
  readonly seed: number | string;
  /** Runs in all; default 24. */
  readonly nRuns?: number;
  /** Sessions that the runs are shared among; default 2. */
  readonly nSessions?: number;
  /** Runs, the last ones, that begin with an imagery block; default half of them. */
  readonly nImageryRuns?: number;
  /** Times that each of the 20 test faces is shown (one-back repeats not counted); default 15. */
  readonly testPresentations?: number;
  /** Different training faces; default one for every slot that test faces leave. Fewer are shown repeatedly. */
  readonly nTrainingFaces?: number;
  /** Pictures a run without repeats; default 88. */
  readonly facesPerRun?: number;
  /** One-back repeats a run; default 8. */
  readonly oneBacksPerRun?: number;
  /** Fixation nulls a run; default 30. */
  readonly fixationsPerRun?: number;
  /** BIDS label of the subject; default `01`. */
  readonly subject?: string;
  /**
   * Whether the event files lie: which face was shown is permuted among the face trials of each run, while
   * the brain saw the true order. Everything that is decoded from such a study is at chance. Default false.
   */
  readonly shuffleEvents?: boolean;
}

const nPerGender = 10;
const fixationFile = 'placeholders/fixation.png';

/**
 * Plans a study: its faces, and what is shown when.
 *
 * @throws FusiformError SIMULATION_OPTIONS when the runs have no room for the presentations asked for.
 */
export function planExperiment(options: ExperimentOptions): ExperimentPlan {
  const nRuns = options.nRuns ?? 24;
  const facesPerRun = options.facesPerRun ?? 88;
  const testPresentations = options.testPresentations ?? 15;
  const slots = nRuns * facesPerRun - 2 * nPerGender * testPresentations;
  const nTrainingFaces = options.nTrainingFaces ?? slots;
  const settings = {
    facesPerRun,
    testPresentations,
    nSessions: Math.min(nRuns, options.nSessions ?? 2),
    nImageryRuns: options.nImageryRuns ?? Math.ceil(nRuns / 2),
    oneBacksPerRun: options.oneBacksPerRun ?? 8,
    fixationsPerRun: options.fixationsPerRun ?? 30,
  };
  checkWhole({ ...settings, nRuns, nTrainingFaces });
  if (nRuns < 1 || settings.nSessions < 1 || nTrainingFaces < 1 || nTrainingFaces > slots) {
    throw optionError(
      `${nRuns} runs of ${facesPerRun} faces leave ${slots} places for ${nTrainingFaces} training faces`,
    );
  }
  if (settings.oneBacksPerRun > facesPerRun || settings.nImageryRuns > nRuns) {
    throw optionError('A run has more one-backs than faces, or imagery in more runs than there are');
  }
  const random = new Random(options.seed).fork('experiment');
  const shown = presentationOrder(nRuns, nTrainingFaces, slots, settings, random.fork('order'));
  const faces = makeFaces(shown, nTrainingFaces, options.subject ?? '01', random.fork('faces'));
  const imaginedFace = nTrainingFaces + 2 * nPerGender + random.fork('imagined').integer(2 * nPerGender);

  const runs: StudyRun[] = [];
  const perSession = Math.ceil(nRuns / settings.nSessions);
  for (let index = 0; index < nRuns; index += 1) {
    const trials = trialOrder(shown[index], settings, random.fork(`trials ${index}`));
    const told = options.shuffleEvents ? permuteFaces(trials, random.fork(`shuffle ${index}`)) : trials;
    const imagery = index >= nRuns - settings.nImageryRuns;
    runs.push({
      session: Math.floor(index / perSession) + 1,
      run: (index % perSession) + 1,
      ...timeline(trials, told, imagery ? imaginedFace : -1, faces),
    });
  }
  const indices = (start: number) => Uint32Array.from({ length: 2 * nPerGender }, (_, i) => start + i);
  return {
    faces,
    testFaces: indices(nTrainingFaces),
    candidateFaces: indices(nTrainingFaces + 2 * nPerGender),
    imaginedFace,
    runs,
  };
}

function optionError(message: string): FusiformError {
  return new FusiformError('SIMULATION_OPTIONS', `${message}.`);
}

function checkWhole(counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) {
    if (!Number.isInteger(count) || count < 0) {
      throw optionError(`${name} is ${count}: it has to be a whole number`);
    }
  }
}

interface Settings {
  readonly facesPerRun: number;
  readonly testPresentations: number;
  readonly oneBacksPerRun: number;
  readonly fixationsPerRun: number;
}

/** The faces of each run, without order: indices of training faces, then test faces from `nTrainingFaces` on. */
function presentationOrder(
  nRuns: number,
  nTrainingFaces: number,
  slots: number,
  settings: Settings,
  random: Random,
): number[][] {
  // Round by round, so that the presentations of a test face spread over the whole study.
  const test: number[] = [];
  for (let round = 0; round < settings.testPresentations; round += 1) {
    test.push(...Array.from(random.permutation(2 * nPerGender), (face) => nTrainingFaces + face));
  }
  const runs: number[][] = [];
  let tested = 0;
  let trained = 0;
  for (let run = 0; run < nRuns; run += 1) {
    const until = Math.round(((run + 1) * test.length) / nRuns);
    const faces = test.slice(tested, until);
    if (faces.length > settings.facesPerRun) throw optionError('A run has no room for its test faces');
    tested = until;
    while (faces.length < settings.facesPerRun && trained < slots) {
      faces.push(trained % nTrainingFaces);
      trained += 1;
    }
    runs.push(faces);
  }
  return runs;
}

/** Faces in the order of their indices: training (in the run of their first showing), test, candidates. */
function makeFaces(shown: number[][], nTrainingFaces: number, subject: string, random: Random): StudyFace[] {
  const firstRun = new Map<number, number>();
  for (const [run, faces] of shown.entries()) {
    for (const face of faces) if (!firstRun.has(face)) firstRun.set(face, run);
  }
  const total = nTrainingFaces + 4 * nPerGender;
  const width = Math.max(4, String(total).length);
  return Array.from({ length: total }, (_, index) => {
    const beyond = index - nTrainingFaces;
    const role: FaceRole = beyond < 0 ? 'train' : beyond < 2 * nPerGender ? 'test' : 'candidate';
    const ofRandom = random.fork(index);
    const parameters =
      role === 'train' ? sampleFace(ofRandom) : sampleFace(ofRandom, beyond % (2 * nPerGender) < nPerGender);
    const run = `run${String((firstRun.get(index) ?? 0) + 1).padStart(2, '0')}`;
    const folder = role === 'train' ? run : role === 'test' ? 'test' : 'candidates';
    const name = `${parameters.male ? 'M' : 'F'}${String(index).padStart(width, '0')}.png`;
    return { stimFile: `sub${subject}/${folder}/${name}`, role, parameters };
  });
}

/** A trial: a face (-1 for fixation), and whether it repeats the one before. */
interface Trial {
  readonly face: number;
  readonly oneBack: boolean;
}

function trialOrder(faces: readonly number[], settings: Settings, random: Random): Trial[] {
  const order: number[] = [...faces, ...new Array<number>(settings.fixationsPerRun).fill(-1)];
  random.shuffle(order);
  const places = order.flatMap((face, place) => (face < 0 ? [] : [place]));
  random.shuffle(places);
  const repeated = new Set(places.slice(0, settings.oneBacksPerRun));
  return order.flatMap((face, place) => {
    const trial = { face, oneBack: false };
    return repeated.has(place) ? [trial, { face, oneBack: true }] : [trial];
  });
}

/** The same trials with the faces permuted; a one-back repeats what is then said to have come before it. */
function permuteFaces(trials: readonly Trial[], random: Random): Trial[] {
  const faces = trials.flatMap(({ face, oneBack }) => (face < 0 || oneBack ? [] : [face]));
  random.shuffle(faces);
  let next = 0;
  let last = -1;
  return trials.map(({ face, oneBack }) => {
    if (face < 0) return { face, oneBack };
    if (!oneBack) {
      last = faces[next];
      next += 1;
    }
    return { face: last, oneBack };
  });
}

function timeline(
  trials: readonly Trial[],
  told: readonly Trial[],
  imagined: number,
  faces: readonly StudyFace[],
): { events: StudyEvent[]; presented: Int32Array; nVolumes: number } {
  const { tR, trialDuration, trialPeriod, blank, imageryDuration } = studyTiming;
  const events: StudyEvent[] = [];
  const presented: number[] = [];
  let onset: number = blank;
  if (imagined >= 0) {
    const still = { stimFile: fixationFile, oneBack: false };
    events.push({ onset, duration: imageryDuration, trialType: 'Img', ...still });
    events.push({ onset: onset + imageryDuration, duration: blank, trialType: 'Fix', ...still });
    presented.push(imagined, -1);
    onset += imageryDuration + blank;
  }
  for (const [index, trial] of trials.entries()) {
    const { face, oneBack } = told[index];
    events.push({
      onset,
      duration: trialDuration,
      trialType: face < 0 ? 'Fix' : faces[face].role === 'test' ? 'test_face' : 'train_face',
      stimFile: face < 0 ? fixationFile : faces[face].stimFile,
      oneBack,
    });
    presented.push(trial.face);
    onset += trialPeriod;
  }
  return { events, presented: Int32Array.from(presented), nVolumes: Math.ceil((onset + blank) / tR) };
}
