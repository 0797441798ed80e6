// Who else has the room open, by seat, and what follows from it: with whom this page shares keys, and whether the call may
// go directly. Seats are places at the media node as well: the patient has 0, the clinician 1, guests 2 and 3.

const PATIENT = 0;
const CLINICIAN = 1;

export class Company {
  list = [];
  // The seat of the one whom this page has come to meet: the clinician's patient, everybody else's clinician.
  meets;
  guest;
  #main = "";
  #keyed = [];

  constructor(seat) {
    this.meets = seat === CLINICIAN ? PATIENT : CLINICIAN;
    this.guest = isGuest({ seat });
  }

  // Answers who has come, gone, vanished and returned: [{seat, name, news}].
  see(others) {
    const before = this.taking;
    this.list = others;
    return changes(before, this.taking);
  }

  get other() {
    return this.list.find(({ seat }) => seat === this.meets) ?? null;
  }

  get talking() {
    return this.list.filter(({ place }) => place === "call");
  }

  // Those too who are expected back.
  get taking() {
    return this.list.filter(({ place }) => place !== "waiting");
  }

  // More than patient and clinician: then everything goes through the node.
  get many() {
    return this.guest || this.taking.some(isGuest);
  }

  // The connection of the other that counts: while they are expected back, the one that they had.
  get main() {
    if (this.other && this.other.place !== "lost") this.#main = this.other.connection;
    return this.#main;
  }

  // Those from whom something should come.
  get facing() {
    return this.many ? this.talking : [this.other].filter(Boolean);
  }

  // Nobody sends anything, on purpose; then an open connection is all there is to see.
  get silent() {
    return this.facing.length > 0 && this.facing.every(({ sound, picture }) => !sound && !picture);
  }

  // A page that speaks before we were told of it is the other's new one.
  expect(name) {
    if (this.list.some(({ connection }) => connection === name)) return;
    this.#main = name;
    this.list = this.list.map((one) => (one.seat === this.meets ? { ...one, connection: name } : one));
  }

  // With whom this page shares keys. Two agree as soon as both have the room open; of more, those who are in the call, so
  // that everybody means the same people. Who is expected back keeps their keys until somebody else comes.
  keyed(joined) {
    if (!this.many) return (this.#keyed = this.main ? [this.main] : []);
    const now = joined ? names(this.talking) : [];
    const kept = this.#keyed.filter((name) => joined && names(this.taking).includes(name));
    this.#keyed = now.every((name) => kept.includes(name)) ? kept : now;
    return this.#keyed;
  }

  get places() {
    const held = Object.fromEntries(this.list.map(({ seat, connection }) => [seat, connection]));
    return { ...held, ...(this.main && { [this.meets]: this.main }) };
  }
}

function isGuest({ seat }) {
  return seat > CLINICIAN;
}

function names(people) {
  return people.map(({ connection }) => connection);
}

function changes(before, after) {
  const was = new Map(before.map((one) => [one.seat, one]));
  const is = new Map(after.map((one) => [one.seat, one]));
  const left = before.filter(({ seat }) => !is.has(seat)).map((one) => ({ ...one, news: "left" }));
  const rest = after.map((one) => ({ ...one, news: turn(was.get(one.seat), one) }));
  return [...left, ...rest].filter(({ news }) => news);
}

function turn(before, { place }) {
  if (!before) return "came";
  if (before.place === place) return "";
  return place === "lost" ? "lost" : "back";
}
