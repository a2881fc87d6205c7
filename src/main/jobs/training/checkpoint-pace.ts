/** Seconds after which a checkpoint is due where writing one costs next to nothing. */
const interval = 60;
/** Share of the time that writing may take; where a checkpoint takes long, they come less often. */
const share = 0.02;

/** When to write checkpoints: every minute, every so many steps where asked for, and never most of the time. */
export class CheckpointPace {
  readonly #everySteps: number;
  readonly #now: () => number;
  #last: number;
  #cost = 0;

  /** @param now seconds of a clock. */
  constructor(everySteps: number | undefined, now: () => number = () => performance.now() / 1000) {
    this.#everySteps = everySteps ?? Number.POSITIVE_INFINITY;
    this.#now = now;
    this.#last = now();
  }

  due(step: number): boolean {
    return (
      step % this.#everySteps === 0 || this.#now() - this.#last >= Math.max(interval, this.#cost / share)
    );
  }

  async timed(write: () => Promise<void>): Promise<void> {
    const began = this.#now();
    await write();
    this.#last = this.#now();
    this.#cost = this.#last - began;
  }
}
