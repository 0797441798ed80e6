// Who of those that are said to be here answers, for an agreement that needs all of them. Whoever has been silent for long
// while others speak is given up until they speak again; where nobody speaks it is our own line, and nobody is.

// More than one who waits for others ever keeps to themselves.
const SILENT = 4000;
const KNOCK = 5000;

export class Attendance {
  #meant = [];
  #absent = new Set();
  #heard = new Map();
  // How long each is waited for: each time in vain, twice as long.
  #patience = new Map();
  #knocked = 0;

  // Those who are said to be here; whoever comes under another name, `anew`, gives up nobody yet.
  mean(names, anew) {
    this.#meant = names;
    for (const one of this.#absent) if (anew || !names.includes(one)) this.#absent.delete(one);
    for (const one of this.#heard.keys()) if (!names.includes(one)) this.#heard.delete(one);
  }

  get present() {
    return this.#meant.filter((one) => !this.#absent.has(one));
  }

  get absent() {
    return [...this.#absent];
  }

  // Everybody's time begins now.
  begin(now) {
    for (const one of this.present) this.#heard.set(one, now);
  }

  hears(name, now) {
    const deaf = now - Math.max(...this.#heard.values()) > SILENT;
    for (const one of this.#heard.keys()) if (deaf || one === name) this.#heard.set(one, now);
  }

  // Whom to wait for no longer.
  silent(now) {
    const found = this.present.filter((one) => now - this.#heard.get(one) > this.#waits(one));
    return found.length < this.present.length ? found : [];
  }

  // Whom another may have given up already, beside `name` who says so: one of them, or all.
  doubtful(name, now) {
    const found = this.present.filter((one) => one !== name && now - this.#heard.get(one) > SILENT / 2);
    return found.length > 1 ? [found, ...found.map((one) => [one])] : [found].filter(({ length }) => length);
  }

  giveUp(names) {
    for (const one of names) {
      this.#absent.add(one);
      this.#patience.set(one, 2 * this.#waits(one));
    }
  }

  // Answers whether they had been given up.
  takeBack(name) {
    return this.#absent.delete(name);
  }

  // All have answered.
  settle() {
    this.#patience.clear();
  }

  // Those given up who should be asked once more: they may believe that all is well.
  knock(now) {
    if (now - this.#knocked < KNOCK) return [];
    this.#knocked = now;
    return this.absent;
  }

  #waits(name) {
    return this.#patience.get(name) ?? SILENT;
  }
}
