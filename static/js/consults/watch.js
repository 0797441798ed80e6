// Looks twice a second whether media arrives, and climbs the ladder when it does not:
// interrupted for a second, new routes; nothing for three seconds, a new connection.

const TICK = 500;
const INTERRUPTED = 1000;
const AGAIN = 3000;
const SILENT = 3000;
const FIRST = 8000;
const LONGEST = 30000;

export class Watch {
  #call;
  #peer = null;
  #bytes = 0;
  #grown = 0;
  #torn = 0;
  #restarted = 0;
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
    const { peer, joined } = this.#call;
    const now = performance.now();
    if (!joined || !peer || peer.fresh) {
      this.#grown = now;
      if (!joined) this.#patience = FIRST;
      return;
    }
    if (peer !== this.#peer) this.#meet(peer, now);
    const bytes = await received(peer).catch(() => 0);
    if (peer !== this.#call.peer) return;
    const arrived = bytes > this.#bytes || this.#call.quiet(peer);
    this.#bytes = bytes;
    if (arrived) this.seen();
    else if (now - this.#grown > 2 * TICK + INTERRUPTED / 2) this.#call.flow(false);
    this.#climb(peer, now);
  }

  #meet(peer, now) {
    this.#peer = peer;
    this.#bytes = 0;
    this.#torn = 0;
    this.#grown = now;
  }

  #climb(peer, now) {
    const state = peer.pc.iceConnectionState;
    this.#torn = state === "disconnected" ? this.#torn || now : 0;
    const torn = state === "failed" || (this.#torn && now - this.#torn > INTERRUPTED);
    if (torn && now - this.#restarted > AGAIN) this.#restart();
    if (now - this.#grown < this.#patience || !this.#call.reachable) return;
    this.#grown = now;
    this.#patience = Math.min(2 * this.#patience, LONGEST);
    this.#call.renew();
  }

  #restart() {
    const { peer, joined, reachable } = this.#call;
    if (!joined || !peer || !reachable) return;
    this.#restarted = performance.now();
    peer.restart();
  }
}

export async function received(peer) {
  const inbound = (await peer.stats()).filter(({ type }) => type === "inbound-rtp");
  return inbound.reduce((sum, one) => sum + (one.bytesReceived ?? 0), 0);
}
