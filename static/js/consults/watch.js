// Looks twice a second what arrives on each way of the call, shows the better one, and climbs the ladder when nothing
// does: interrupted for a second, new routes and the node beside; nothing for three seconds, a new connection.

import { Thaw } from "./thaw.js";

const TICK = 500;
const INTERRUPTED = 1000;
const AGAIN = 3000;
const SILENT = 3000;
// The node speaks at least once a second to whoever it hears.
const DEAF = 1700;
const FIRST = 8000;
const LONGEST = 30000;
// Another way whose picture moved so lately is shown in place of one on which it stands.
const MOVING = 1500;
// What was agreed on a moment ago is given time to take effect.
const SETTLING = 2000;
// Looks in a row with new pictures before the call moves to the direct way.
const SURE = 2;
const NOTHING = { bytes: 0, frames: 0, all: 0, sure: 0, torn: 0, restarted: 0, places: new Map() };

export class Watch extends EventTarget {
  #thaw = new Thaw();
  // What is told of a picture that stands.
  #told = "";
  #call;
  #seen = new WeakMap();
  #grown = 0;
  #patience = FIRST;
  #knocked = 0;
  #moved = Infinity;

  constructor(call) {
    super();
    this.#call = call;
    setInterval(() => this.#look(), TICK);
    window.addEventListener("online", () => this.#back());
  }

  // "frozen" or "tried" while the picture of the other stands still and something else of them comes.
  get frozen() {
    return this.#told;
  }

  // A frame was painted: sooner known than from the counters.
  seen() {
    this.#grown = performance.now();
    this.#patience = SILENT;
    this.#call.flow(true);
  }

  async #look() {
    const { joined, paths } = this.#call;
    const now = performance.now();
    const begun = paths.list.filter(({ fresh }) => !fresh);
    if (this.#moved < this.#call.heardSince) {
      this.#moved = Infinity;
      this.reroute();
    }
    if (!joined || !begun.length) {
      this.#grown = now;
      if (!joined) this.#patience = FIRST;
      if (!joined) this.#thaw.rest();
      return this.#tell();
    }
    const looks = await Promise.all(begun.map((path) => this.#measure(path, now)));
    if (paths !== this.#call.paths || !this.#call.joined) return undefined;
    this.#choose(looks.filter(({ path }) => paths.list.includes(path)), now);
    return this.#tell();
  }

  #tell() {
    if (this.#thaw.word === this.#told) return;
    this.#told = this.#thaw.word;
    this.dispatchEvent(new Event("change"));
  }

  async #measure(path, now) {
    const before = this.#seen.get(path) ?? { ...NOTHING, grown: now, reached: now, moved: now, since: new Map() };
    const { company } = this.#call;
    const { bytes, frames, all, places } = await received(path, company.meets).catch(() => before);
    const arrives = bytes > before.bytes || (company.silent && path.pc.connectionState === "connected");
    const main = frames > before.frames || (arrives && !this.#call.pictured);
    const look = {
      ...before,
      path,
      bytes,
      frames,
      all,
      places,
      arrives,
      grown: arrives ? now : before.grown,
      reached: all > before.all ? now : before.reached,
      // Since when the picture moves, where one should.
      moved: main || !arrives ? now : before.moved,
      sure: main ? before.sure + 1 : 0,
    };
    for (const [place, came] of places) if (came > (before.places.get(place) ?? 0)) look.since.set(place, now);
    this.#seen.set(path, look);
    return look;
  }

  #choose(looks, now) {
    const { paths } = this.#call;
    const live = looks.filter(({ arrives }) => arrives);
    const direct = looks.find(({ path }) => path === paths.direct);
    const shown = looks.find(({ path }) => path === paths.shown);
    const wanted = paths.many ? looks.find(({ path }) => path === paths.relay) : direct;
    if (wanted && wanted.sure >= SURE) paths.settle(wanted.path);
    else if (live.length && (!shown || now - shown.grown > INTERRUPTED)) paths.show(live[0].path);
    if (live.length) this.seen();
    else this.#miss(now);
    this.#call.hears(shown ? lately(shown.since, now) : []);
    if (this.#call.reachable && !(direct && direct.arrives)) paths.bridge();
    for (const look of looks) this.#mend(look, now);
    if (shown) this.#thawing(shown, live, now);
    // Where the node reaches this page and nothing comes, the line of the other is the bad one, and theirs to mend.
    const theirs = shown?.path.relayed && now - shown.reached < DEAF;
    this.#climb(now, theirs ? LONGEST : this.#patience);
  }

  #miss(now) {
    if (now - this.#grown > 2 * TICK + INTERRUPTED / 2) this.#call.flow(false);
    if (now - this.#grown < INTERRUPTED || now - this.#knocked < AGAIN) return;
    this.#knocked = now;
    this.#call.beat();
  }

  #mend(look, now) {
    const state = look.path.pc.iceConnectionState;
    look.torn = state === "disconnected" ? look.torn || now : 0;
    const deaf = look.path.relayed && now - look.reached > DEAF;
    const torn = state === "failed" || (look.torn && now - look.torn > INTERRUPTED) || deaf;
    if (!torn || now - look.restarted < AGAIN || !this.#call.reachable) return;
    look.restarted = now;
    look.path.restart();
  }

  // Sound comes and the picture stands: what it builds on was lost, or our asking for it does not get through. The node may
  // send no picture on purpose, where the line of this page carries none: then no other connection is tried.
  #thawing({ path, sure, moved }, live, now) {
    if (document.hidden) return;
    const still = now - moved;
    if (this.#thaw.look({ still, sure }, now) !== "ask") return;
    this.#call.seal.refresh();
    const other = live.find((look) => look.path !== path && now - look.moved < MOVING);
    if (other) this.#call.paths.show(other.path);
    else if (!path.relayed && this.#call.reachable) this.#melt(path, this.#thaw.next(still));
  }

  #melt(path, step) {
    if (!step) return;
    this.#call.paths.bridge();
    if (step === "anew") this.#call.renew();
    else path.restart();
  }

  #climb(now, patience) {
    if (now - this.#grown < patience || !this.#call.reachable) return;
    const stirred = this.#call.peer?.stirred ?? -Infinity;
    if (now - stirred < SETTLING && now - this.#grown < 2 * patience) return;
    this.#grown = now;
    this.#patience = Math.min(2 * this.#patience, LONGEST);
    this.#call.renew();
  }

  // New routes for each way, which get their time before anything else is tried.
  reroute() {
    const { paths, joined, reachable } = this.#call;
    if (!joined || !reachable) return;
    this.#grown = performance.now();
    for (const path of paths.list) {
      const look = this.#seen.get(path);
      if (!look) continue;
      look.restarted = performance.now();
      path.restart();
    }
  }

  // Perhaps over the old network: then all of it once more, as soon as the server hears this page again.
  #back() {
    this.#moved = performance.now();
    this.#call.beat();
    this.reroute();
  }
}

// The places from which something has come in the last moments.
function lately(since, now) {
  return [...since.keys()].filter((place) => now - since.get(place) < INTERRUPTED + TICK);
}

// What has come on a way; `frames` are those of the person with the place `main`, `places` the bytes by place.
export async function received(path, main) {
  const stats = await path.stats();
  const coming = stats.filter(({ type }) => type === "inbound-rtp");
  const of = ({ mid }) => (path.relayed ? Number(mid?.slice(1)) : main);
  const places = new Map();
  for (const one of coming) places.set(of(one), (places.get(of(one)) ?? 0) + (one.bytesReceived ?? 0));
  const sum = (list, name) => list.reduce((all, { [name]: more = 0 }) => all + more, 0);
  const bytes = sum(coming, "bytesReceived");
  const pairs = stats.filter(({ type }) => type === "candidate-pair");
  const frames = sum(coming.filter((one) => of(one) === main), "framesDecoded");
  // Everything that came, reports of the other end too.
  return { bytes, frames, places, all: sum(pairs, "bytesReceived") || bytes };
}
