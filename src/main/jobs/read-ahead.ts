/** Things that are read one ahead of their use: while one is computed with, the next is on its way. */
export class ReadAhead<Item, Value> {
  readonly #items: readonly Item[];
  readonly #read: (item: Item) => Promise<Value>;
  readonly #started = new Map<number, Promise<Value>>();

  constructor(items: readonly Item[], read: (item: Item) => Promise<Value>) {
    this.#items = items;
    this.#read = read;
  }

  /** What was read of an item; they are taken in their order. A read that failed throws here. */
  async take(index: number): Promise<Value> {
    try {
      return await this.#start(index);
    } finally {
      this.#started.delete(index);
      if (index + 1 < this.#items.length) this.#start(index + 1);
    }
  }

  #start(index: number): Promise<Value> {
    const running = this.#started.get(index) ?? this.#read(this.#items[index]);
    this.#started.set(index, running);
    // Whoever takes it hears of its failure.
    running.catch(() => undefined);
    return running;
  }
}
