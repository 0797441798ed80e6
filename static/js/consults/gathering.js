// Keys and ways for those who are here now: told whenever somebody comes, goes or reloads.

// Two again after others have left: the polite one offers the direct way where the other has not.
const POLITELY = 2000;

export class Gathering {
  #link;
  #seal;
  #paths;
  #company;
  #polite;
  #joined = false;
  // What the other said of a direct way before we heard that it is wanted again.
  #late = [];

  constructor({ link, seal, paths, company, polite }) {
    this.#link = link;
    this.#seal = seal;
    this.#paths = paths;
    this.#company = company;
    this.#polite = polite;
  }

  // Answers whether everything that came until now has ended.
  meet(joined) {
    const were = this.#paths.many;
    this.#joined = joined;
    const anew = this.#pair();
    const keyed = this.#company.keyed(joined);
    const known = this.#company.taking.map(({ connection }) => connection);
    this.#seal.meet(this.#link.connection, keyed, [...keyed, ...known]);
    this.#seal.places(this.#company.places);
    if (were && !this.#paths.many && joined) this.#straight();
    return anew;
  }

  // One of two pages has to begin; where many are, none does.
  async offer() {
    const { direct, many } = this.#paths;
    if (this.#joined && !many && direct?.fresh && this.#company.other?.place === "call") await direct.offer();
  }

  // A description or a candidate. Answers as `meet` does.
  hear(signal) {
    if (this.#paths.many) {
      this.#late.push(signal);
      return false;
    }
    this.#company.expect(signal.from);
    const anew = this.meet(this.#joined);
    this.#paths.direct?.receive(signal.kind, JSON.parse(signal.body));
    return anew;
  }

  #pair() {
    const { main, many, guest, meets, taking } = this.#company;
    const to = guest || (many && !this.#joined) ? "" : main;
    if (!to && !many) return false;
    const from = this.#link.connection;
    return this.#paths.pair({ from, to, place: meets, people: taking.length + 1, many: many && this.#joined });
  }

  // Through the node the call goes on until the direct way brings pictures.
  #straight() {
    for (const signal of this.#late.splice(0)) this.hear(signal);
    setTimeout(() => this.offer(), this.#polite ? POLITELY : 0);
  }
}
