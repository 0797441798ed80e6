// Looks twice a second what arrives on each way of the call, shows the better one, and climbs the ladder when nothing
// does: interrupted for a second, new routes and the node beside; nothing for three seconds, a new connection.

const TICK = 500;
const INTERRUPTED = 1000;
const AGAIN = 3000;
const SILENT = 3000;
const FIRST = 8000;
const LONGEST = 30000;
// Looks in a row with new pictures before the call moves to the direct way.
const SURE = 2;

export class Watch {
  #call;
  #seen = new WeakMap();
  #grown = 0;
  #patience = FIRST;

  constructor(call) {
    this.#call = call;
    setInterval(() => this.#look(), TICK);
    window.addEventListener("online", () => this.#restart());
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
    if (!joined || !begun.length) {
      this.#grown = now;
      if (!joined) this.#patience = FIRST;
      return;
    }
    const looks = await Promise.all(begun.map((path) => this.#measure(path, now)));
    if (paths !== this.#call.paths || !this.#call.joined) return;
    this.#choose(looks.filter(({ path }) => paths.list.includes(path)), now);
  }

  async #measure(path, now) {
    const before = this.#seen.get(path) ?? { bytes: 0, frames: 0, grown: now, sure: 0, torn: 0, restarted: 0 };
    const { bytes, frames } = await received(path).catch(() => before);
    const arrives = bytes > before.bytes || this.#call.quiet(path);
    const look = {
      ...before,
      path,
      bytes,
      frames,
      arrives,
      grown: arrives ? now : before.grown,
      sure: frames > before.frames || (arrives && !this.#call.pictured) ? before.sure + 1 : 0,
    };
    this.#seen.set(path, look);
    return look;
  }

  #choose(looks, now) {
    const { paths } = this.#call;
    const live = looks.filter(({ arrives }) => arrives);
    const direct = looks.find(({ path }) => path === paths.direct);
    const shown = looks.find(({ path }) => path === paths.shown);
    if (direct && direct.sure >= SURE) paths.settle();
    else if (live.length && (!shown || now - shown.grown > INTERRUPTED)) paths.show(live[0].path);
    if (live.length) this.seen();
    else if (now - this.#grown > 2 * TICK + INTERRUPTED / 2) this.#call.flow(false);
    if (this.#call.reachable && !(direct && direct.arrives)) paths.bridge();
    for (const look of looks) this.#mend(look, now);
    this.#climb(now);
  }

  #mend(look, now) {
    const state = look.path.pc.iceConnectionState;
    look.torn = state === "disconnected" ? look.torn || now : 0;
    const torn = state === "failed" || (look.torn && now - look.torn > INTERRUPTED);
    if (!torn || now - look.restarted < AGAIN || !this.#call.reachable) return;
    look.restarted = now;
    look.path.restart();
  }

  #climb(now) {
    if (now - this.#grown < this.#patience || !this.#call.reachable) return;
    this.#grown = now;
    this.#patience = Math.min(2 * this.#patience, LONGEST);
    this.#call.renew();
  }

  #restart() {
    const { paths, joined, reachable } = this.#call;
    if (!joined || !reachable) return;
    for (const path of paths.list) {
      const look = this.#seen.get(path);
      if (look) look.restarted = performance.now();
      path.restart();
    }
  }
}

export async function received(path) {
  const inbound = (await path.stats()).filter(({ type }) => type === "inbound-rtp");
  const sum = (name) => inbound.reduce((all, one) => all + (one[name] ?? 0), 0);
  return { bytes: sum("bytesReceived"), frames: sum("framesDecoded") };
}
