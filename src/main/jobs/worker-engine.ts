import type { Engine, EngineInfo, EngineKind } from '../engine/engine.ts';
import { openEngine } from '../engine/registry.ts';

/** The one engine of a worker, kept from job to job: bringing one up costs a second. */
export class WorkerEngine {
  #open: { readonly kind: EngineKind; readonly engine: Promise<Engine> } | undefined;
  #used: EngineInfo | undefined;

  beginJob(): void {
    this.#used = undefined;
  }

  /** What the job since `beginJob` has computed on. */
  used(): EngineInfo | undefined {
    return this.#used;
  }

  /** Tensors belong to whatever backend is set in a thread, so another engine is closed first. */
  async open(kind: EngineKind): Promise<Engine> {
    if (this.#open?.kind !== kind) {
      await this.close();
      this.#open = { kind, engine: openEngine(kind).then(({ engine }) => engine) };
    }
    try {
      const engine = await this.#open.engine;
      this.#used = engine.info;
      return engine;
    } catch (error) {
      // The next job may try again.
      this.#open = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    const engine = await open?.engine.catch(() => undefined);
    await engine?.dispose();
  }
}
