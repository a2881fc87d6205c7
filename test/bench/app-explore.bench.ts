import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWebHost } from '../../src/main/hosts/web/server.ts';
import { Application } from '../../src/main/services/app/application.ts';
import { RecentProjects } from '../../src/main/services/app/recent-projects.ts';
import { chooseEngine } from '../../src/main/services/engines.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { trainModel, vaeGanConfigFor } from '../../src/main/services/models.ts';
import { writePortraits } from '../services/small-face-project.ts';
import { type Benchmark, measuredRow } from './benchmark.ts';
import { time } from './harness.ts';

export const benchmark: Benchmark = {
  name: 'app-explore',
  description:
    'a code of preset small to a picture on the screen: the decode route of the web host, model loaded',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'fusiform-bench-'));
    const application = new Application(
      { host: 'web' },
      { recent: new RecentProjects(join(folder, 'recent.json')) },
    );
    const { kind } = await chooseEngine('preferred');
    const { id, workspace } = await application.create(join(folder, 'project'), 'bench');
    await writePortraits(join(folder, 'portraits'), 48);
    await importFaces(workspace, {
      dir: join(folder, 'portraits'),
      name: 'faces',
      imageSize: 64,
      crop: 0.9,
    });
    const config = vaeGanConfigFor('small', { steps: 2 });
    await trainModel(workspace, {
      faces: 'faces',
      name: 'vaegan',
      config,
      engine: kind,
      seed: 1,
      heldOut: 0,
      baseline: false,
    });
    const host = await startWebHost({ application, rendererDir: folder, port: 0 });
    const origin = `http://127.0.0.1:${host.port}`;
    const signIn = await fetch(host.url, { redirect: 'manual' });
    const headers = { cookie: (signIn.headers.get('set-cookie') ?? '').split(';')[0], origin };
    const address = `${origin}/data/${id}/decode/${workspace.entry('model', 'vaegan').hash}`;
    const decode = (count: number) => async () => {
      const body = Float32Array.from({ length: count * config.latentDim }, () => Math.random() - 0.5);
      const response = await fetch(address, { method: 'POST', body, headers });
      if (!response.ok) throw new Error(await response.text());
      await response.arrayBuffer();
    };
    const cold = await time(decode(1), { runs: 1, warmup: 0 });
    const one = await time(decode(1), { runs: 20 });
    const many = await time(decode(72), { runs: 5 });
    await host.close();
    await application.closeAll();
    rmSync(folder, { recursive: true, force: true });
    const size = `64 pixels, ${config.latentDim} latents, ${kind}`;
    return [
      measuredRow({ name: 'decode a code, warm', unit: 's', how: size, target: { atMost: 0.1 } }, one),
      measuredRow({ name: 'decode 72 codes, warm', unit: 's', how: size }, many),
      measuredRow({ name: 'decode a code, cold', unit: 's', how: `${size}; loads engine and model` }, cold),
    ];
  },
};
