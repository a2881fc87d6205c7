import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readDecoderDescription } from '../../src/main/jobs/decoders/decoder-files.ts';
import { readDecoded } from '../../src/main/jobs/stages/decode-patterns.ts';
import { readEvaluation } from '../../src/main/jobs/stages/evaluate.ts';
import { writeReports } from '../../src/main/services/report/index.ts';
import { studyReport } from '../../src/main/services/report/study-report.ts';
import { subjectReport } from '../../src/main/services/report/subject-report.ts';
import { staleEntries } from '../../src/main/services/staleness.ts';
import { parseStudyConfig, readStudyConfig } from '../../src/main/services/study/study-config.ts';
import { planStudy } from '../../src/main/services/study/study-plan.ts';
import { runStudy, type StudyProgress } from '../../src/main/services/study/study-run.ts';
import { writeStudyTemplate } from '../../src/main/services/study/study-template.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { decoderKinds, publishedDecoder } from '../../src/shared/decoders.ts';
import { severalSubjects } from './several-subjects.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-study-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('a study of several subjects', { timeout: 300_000 }, () => {
  const project = join(folder, 'project');
  const bids = join(folder, 'bids');
  const engine = 'wasm';
  let config = parseStudyConfig({ analysis: { models: ['vaegan', 'pca'] } });

  it('is described by a file that its own template fills in', async () => {
    const { imagery } = await severalSubjects(project, bids, ['01', '02']);
    // One whose scanner stopped in the middle of a file.
    const func = join(bids, 'sub-03', 'ses-01', 'func');
    mkdirSync(func, { recursive: true });
    writeFileSync(join(func, 'sub-03_ses-01_task-faces_run-01_bold.nii.gz'), Buffer.alloc(40));
    const workspace = Workspace.view(project);
    const out = join(folder, 'study.toml');
    const written = await writeStudyTemplate(workspace, { bids, out });
    await assert.rejects(writeStudyTemplate(workspace, { bids, out }), { code: 'FILE_EXISTS' });
    await workspace.close();
    assert.deepEqual(written.subjects, ['01', '02', '03']);
    const untouched = await readStudyConfig(out);
    assert.deepEqual(untouched.analysis.models, ['pca', 'vaegan']);
    assert.deepEqual(untouched.gender, { faces: 'faces', column: 'Male', positive: '1' });
    assert.equal(untouched.runs.motion, 6);

    writeFileSync(join(folder, 'candidates-02.txt'), `${imagery['02'].candidates.join('\n')}\n`);
    const text = readFileSync(out, 'utf8')
      .replace(
        'models = ["pca", "vaegan"]',
        'models = ["vaegan", "pca"]\nquality = false\npermutations = 200',
      )
      .replace('[voxels]', '[voxels]\nface = { kind = "fraction", keep = 0.5 }');
    const told = ['01', '02'].map(
      (label) =>
        `[imagery."${label}"]\nimagined = ${JSON.stringify(imagery[label].imagined)}\ncandidates = ${
          label === '01' ? JSON.stringify(imagery[label].candidates) : '"candidates-02.txt"'
        }\n`,
    );
    const attributes = '[attributes]\nfaces = "faces"\ncolumns = ["Male"]\nfolds = 3\npermutations = 100\n';
    writeFileSync(out, `${text}\n${attributes}\n${told.join('\n')}`);
    config = await readStudyConfig(out);
    assert.equal(config.data.bids, bids);
    assert.equal(config.imagery['02'].candidates, join(folder, 'candidates-02.txt'));
  });

  it('refuses a file that is wrong, with the place', async () => {
    const file = join(folder, 'wrong.toml');
    writeFileSync(file, '[analysis]\nmodels = ["vaegan"\nseed = 1\n');
    await assert.rejects(readStudyConfig(file), { code: 'STUDY_FILE_INVALID', file, line: 3 });
    writeFileSync(file, '[analysis]\nmodels = ["vaegan"]\npermutation = 1\n');
    await assert.rejects(readStudyConfig(file), { code: 'PARAMETERS_INVALID', message: /permutation/ });
  });

  it('is planned without computing anything', async () => {
    await Workspace.use(project, {}, async (workspace) => {
      const before = workspace.entries().length;
      const plan = await planStudy(workspace, { config, engine });
      assert.equal(plan.steps.length, 3 * (1 + 2 * 4) + 2 * 2, 'two subjects imagined a face');
      assert.ok(plan.steps.every(({ subject, state }) => (state === 'refused') === (subject === '03')));
      assert.ok(plan.steps.slice(0, 22).every(({ state }) => state === 'to compute'));
      assert.equal(plan.steps[22].problem?.code, 'EVENTS_MISSING');
      assert.equal(plan.steps[0].next, 'read subject 01');
      assert.ok(plan.estimate > 0 && plan.isRough);
      assert.equal(workspace.entries().length, before, 'nothing was noted down');
    });
  });

  it('brings every subject to its table, and lists the one that fails', async () => {
    const seen: StudyProgress[] = [];
    const result = await Workspace.use(project, {}, (workspace) =>
      runStudy(workspace, { config, engine, onStep: (progress) => seen.push(progress) }),
    );
    assert.equal(seen.at(-1)?.at, 32);
    assert.ok(seen.some(({ etaSeconds }) => etaSeconds !== null && etaSeconds > 0));
    assert.deepEqual([...new Set(result.leftOut.map(({ subject }) => subject))], ['03']);
    const states = Object.groupBy(result.steps, ({ state }) => state);
    assert.equal(states.done?.length, 22);
    assert.deepEqual([states.failed?.length, states.skipped?.length], [1, 8]);
    const { group } = result;
    assert.ok(group);
    assert.deepEqual(
      group.columns.map(({ model }) => model),
      ['vaegan', 'pca'],
    );
    assert.deepEqual(
      group.rows.slice(0, 8).map(({ label }) => label),
      [
        'Pairwise identification',
        'Full identification',
        'Structural similarity',
        'Structural similarity, grey',
        'Pixel correlation',
        'Pairwise identification, occipital',
        'Pairwise identification, temporal',
        'Pairwise identification, frontoparietal',
      ],
    );
    assert.ok(group.rows.some(({ label }) => label === 'Imagery, pairwise, temporal'));
    const [pairwise] = group.rows;
    assert.deepEqual(pairwise.cells[0].published, { mean: 0.955, range: [0.913, 0.987] });
    const own = await Workspace.use(project, {}, (workspace) =>
      Promise.all(
        ['01', '02'].map((label) => readEvaluation(workspace.entry('evaluation', `${label}/vaegan`).path)),
      ),
    );
    const values = own.map(({ regions }) => regions[0].pairwise.value ?? Number.NaN);
    assert.deepEqual(pairwise.cells[0].values, [...values, null]);
    assert.equal(pairwise.cells[0].mean, (values[0] + values[1]) / 2);
    for (const name of ['subjects', 'summary', 'chance-tests', 'friedman-tests']) {
      for (const ending of ['tsv', 'parquet']) assert.ok(existsSync(join(group.path, `${name}.${ending}`)));
    }
    assert.ok(group.friedman.some(({ over, nSubjects }) => over === 'regions' && nSubjects === 2));
  });

  it('done again does nothing; a subject that is mended joins the others, and the group is made anew', async () => {
    const again = await Workspace.use(project, {}, (workspace) =>
      runStudy(workspace, {
        config: { ...config, data: { ...config.data, subjects: ['01', '02'] } },
        engine,
      }),
    );
    assert.ok(again.steps.every(({ state }) => state === 'cached'));
    assert.equal(again.group?.cached, false, 'it no longer names a third subject');
    await Workspace.use(project, {}, async (workspace) => {
      assert.deepEqual(staleEntries(workspace), []);
      const only = { ...config, data: { ...config.data, subjects: ['01', '02'] } };
      const plan = await planStudy(workspace, { config: only, engine });
      assert.ok(plan.steps.every(({ state }) => state === 'cached'));
      assert.equal(plan.estimate, 0);
    });
  });

  it('is reported in a page that needs nothing else, with its tables and figures as files', async () => {
    const out = join(folder, 'report');
    const written = await Workspace.use(project, {}, (workspace) =>
      writeReports(workspace, { study: 'study', outDir: out }),
    );
    assert.deepEqual(
      written.subjects.map(({ subject }) => subject),
      ['01', '02'],
    );
    for (const [page, folderOfPage] of [
      [written.page, out],
      ...written.subjects.map((own) => [own.page, dirname(own.page)] as const),
    ]) {
      const html = readFileSync(page, 'utf8');
      assert.match(html, /Content-Security-Policy" content="default-src &#39;none&#39;/);
      assert.doesNotMatch(
        html,
        /<script|<link|src="(?!data:)|url\((?!#)|@import/i,
        'nothing is fetched or run',
      );
      assert.doesNotMatch(html, />(undefined|NaN|\[object Object\])</);
      assert.doesNotMatch(html, /<img(?![^>]*alt="[^"]+")/, 'every picture is described');
      const levels = [...html.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
      assert.equal(levels[0], 1);
      assert.ok(
        levels.slice(1).every((level, at) => level > 1 && level <= levels[at] + 1),
        'headings in order',
      );
      for (const [, name] of html.matchAll(/Files: tables\/([^<]+)</g)) {
        for (const end of ['csv', 'tsv', 'parquet'])
          assert.ok(existsSync(join(folderOfPage, 'tables', `${name}.${end}`)));
      }
      const figures = [...html.matchAll(/Files: figures\/([^<]+)</g)].map(([, name]) => name);
      assert.ok(figures.length >= 3);
      for (const name of figures) {
        const [svg, png, pdf] = ['svg', 'png', 'pdf'].map((end) =>
          readFileSync(join(folderOfPage, 'figures', `${name}.${end}`))
            .subarray(0, 5)
            .toString('latin1'),
        );
        assert.deepEqual([svg, png.slice(1, 4), pdf], ['<svg ', 'PNG', '%PDF-']);
      }
    }
    const own = readFileSync(written.subjects[0].page, 'utf8');
    assert.match(own, /permutations = 200|nPermutations = 200/, 'the parameters are those of the jobs');
    assert.match(own, /Not in this report: quality control/, 'what is missing is named');
    assert.doesNotMatch(own, /class="warning"/);
  });

  it('marks a report whose results hold no longer', async () => {
    await Workspace.use(project, {}, async (workspace) => {
      const stale = () => subjectReport(workspace, '01').then(({ warnings }) => warnings);
      assert.deepEqual(await stale(), []);
      const [one, other] = ['01/vaegan', '02/vaegan'].map((name) => workspace.entry('decoding', name));
      workspace.setName('decoding', '01/vaegan', other);
      const [warning] = await stale();
      assert.match(warning, /evaluation 01\/vaegan/);
      assert.match((await studyReport(workspace, 'study')).warnings[0], /group study/);
      workspace.setName('decoding', '01/vaegan', one);
    });
  });

  it('puts decoders side by side, each tuned on training runs, and draws their curves', async () => {
    const side = parseStudyConfig({
      ...config,
      name: 'decoders',
      data: { ...config.data, subjects: ['01'] },
      analysis: { ...config.analysis, models: ['pca'], decoders: [...decoderKinds] },
    });
    await Workspace.use(project, {}, async (workspace) => {
      const result = await runStudy(workspace, { config: side, engine });
      assert.deepEqual(result.leftOut, []);
      assert.deepEqual(
        result.group?.columns.map(({ decoder }) => decoder),
        [...decoderKinds],
      );
      const codes = new Set<string>();
      for (const kind of decoderKinds) {
        const name = kind === publishedDecoder ? '01/pca' : `01/pca/${kind}`;
        const { regions } = await readDecoded(workspace.entry('decoding', name).path);
        assert.ok(regions[0].test.every(Number.isFinite), kind);
        codes.add(regions[0].test.join());
        if (kind === publishedDecoder) continue;
        const { chosen, crossValidation } = await readDecoderDescription(
          workspace.entry('decoder', name).path,
        );
        assert.ok(crossValidation.folds >= 2);
        assert.ok(crossValidation.curve.some(({ penalty }) => penalty === chosen.penalty));
        assert.ok(crossValidation.identification.every((value) => value >= 0 && value <= 1));
      }
      assert.equal(codes.size, decoderKinds.length, 'each decoder decodes in its own way');
      const { sections } = await subjectReport(workspace, '01');
      const figures = sections.flatMap(({ blocks }) =>
        blocks.flatMap((block) => (block.kind === 'figure' ? [block.figure.name] : [])),
      );
      assert.ok(figures.includes('cross-validation'), figures.join());
    });
  });

  it('stops where it is told to, and goes on from there', async () => {
    const cancel = new AbortController();
    const other = { ...config, analysis: { ...config.analysis, permutations: 201 } };
    const work = (signal?: AbortSignal) =>
      Workspace.use(
        project,
        {
          ...(signal === undefined ? {} : { signal }),
          onEvent: (event) => event.type === 'started' && event.stage === 'evaluate' && cancel.abort(),
        },
        (workspace) => runStudy(workspace, { config: other, engine }),
      );
    await assert.rejects(work(cancel.signal), { code: 'JOB_CANCELLED' });
    const result = await work();
    assert.ok(result.group);
  });

  it('is refused where a latent model is missing, before anything is computed', async () => {
    const missing = { ...config, analysis: { ...config.analysis, models: ['nothing'] } };
    await assert.rejects(
      Workspace.use(project, {}, (workspace) => runStudy(workspace, { config: missing, engine })),
      { code: 'NAME_UNKNOWN' },
    );
  });
});
