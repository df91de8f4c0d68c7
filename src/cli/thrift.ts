// What is kept of very many things (sessions, open commands, pairs of ports) lives long: then memory may grow by
// a seventh of it between two collections only. Not before, for it costs some hundredths of the time; and a flag that
// changes before the program is loaded would make its compiled form useless.

/** From so much on what is kept is most of the memory: a usual capture has a third of it. */
const KEPT_BYTES = 64e6;
/** So many calls to one look, which takes some 30 µs. */
const CALLS = 8;

export class Thrift {
  #set = false;
  #calls = 0;

  /** Called again and again while packets pass. */
  check(): void {
    if (this.#set || this.#calls++ % CALLS !== 0) return;
    if (process.memoryUsage().heapUsed < KEPT_BYTES) return;
    this.#set = true;
    beThrifty();
  }
}

/** At once, where little lives long but much is made meanwhile: of two captures side by side, read three times. */
export function beThrifty(): void {
  // Loaded here: it costs a start 3 ms.
  process.getBuiltinModule('node:v8').setFlagsFromString('--heap-growing-percent=15');
}
