// The two ways a call can go: from browser to browser, and through the media node. Both begin at once; the first that
// brings something is shown, and the call moves to the direct way as soon as that one brings pictures.
import { Peer } from "./peer.js";
import { Relay } from "./relay.js";

const FAREWELL = 3000;
const AGAIN = 4000;

export class Paths extends EventTarget {
  direct = null;
  relay = null;
  shown = null;
  // Why the node did not take this page in, if it did not.
  refused = null;
  // Hidden addresses: no direct connection is tried, and none is answered.
  always = false;
  #link;
  #setup;
  #to = "";
  #from = "";
  #place = null;
  #still = false;
  #tried = -Infinity;
  #leaving = null;
  #only = false;

  // `setup`: polite, iceServers, tracks(), guard().
  constructor(link, setup) {
    super();
    this.#link = link;
    this.#setup = setup;
  }

  // Credentials for relays last an hour: what looks for routes from now on takes these.
  set servers(iceServers) {
    const before = JSON.stringify(this.#setup.iceServers);
    this.#setup.iceServers = iceServers;
    if (JSON.stringify(iceServers) === before || !this.direct?.fresh) return;
    this.direct.pc.setConfiguration({ ...this.direct.pc.getConfiguration(), iceServers });
  }

  get list() {
    return [this.direct, this.relay].filter((one) => one?.pc);
  }

  // Before anything has come, what will come first most likely: a picture is shown sooner where its place waits for it.
  get remote() {
    const direct = this.direct?.remote.getTracks().length ? this.direct.remote : null;
    const relayed = this.relay?.remotes.get(this.#place) ?? null;
    if (this.shown) return this.shown === this.relay ? relayed : direct;
    return direct ?? relayed;
  }

  isFor(from, to) {
    return this.#from === from && this.#to === to;
  }

  // A new pair of pages: nothing of an older one counts. `place` is where the node shows the other.
  pair(from, to, place) {
    this.drop();
    [this.#from, this.#to, this.#place] = [from, to, place];
    if (this.always || this.#only) return;
    const peer = new Peer({
      ...this.#setup,
      from,
      to,
      send: (kind, body) => this.#link.signal(to, kind, body),
      still: this.#still,
    });
    peer.addEventListener("track", () => this.shown || this.#tell("shown"));
    peer.addEventListener("arrived", () => this.#arrived(peer));
    peer.addEventListener("state", () => this.direct === peer && this.#tell("state"));
    this.direct = peer;
  }

  // Both people are in the call: ask the node too.
  async bridge() {
    if (this.relay || performance.now() - this.#tried < AGAIN) return;
    this.#tried = performance.now();
    const relay = new Relay(this.#link, this.#setup);
    relay.addEventListener("arrived", ({ detail }) => detail.place === this.#place && this.#arrived(relay));
    relay.addEventListener("state", () => this.relay === relay && this.#tell("state"));
    relay.addEventListener("lost", () => this.relay === relay && this.rejoin());
    this.relay = relay;
    const joined = await relay.join().catch(() => false);
    this.refused = relay.refused;
    if (!joined && this.relay === relay) this.#unbridge();
    this.#tell("state");
  }

  // The node is gone, or the call has moved to another.
  rejoin() {
    this.#unbridge();
    this.#tried = -Infinity;
    return this.bridge();
  }

  #unbridge() {
    const relay = this.relay;
    relay?.close();
    this.relay = null;
    if (relay && this.shown === relay) this.show(this.direct);
  }

  // The direct way brings pictures: the node's is left a little later, when the other has seen so too.
  settle() {
    const { relay, direct } = this;
    if (!direct || this.#only) return;
    this.show(direct);
    if (!relay || this.#leaving === relay) return;
    this.#leaving = relay;
    setTimeout(() => {
      this.#leaving = null;
      if (this.relay !== relay || this.shown !== direct) return;
      this.relay = null;
      relay.leave();
    }, FAREWELL);
  }

  // All of it through the node, while a call is recorded. Resolves once the node carries it, or that is no longer wished.
  through(only) {
    this.#only = only;
    if (only && !this.relay && this.#to) this.rejoin();
    return new Promise((done) => {
      const look = () => {
        const carries = this.relay?.pc?.connectionState === "connected";
        if (this.#only && !carries) return;
        if (this.#only) this.#straighten();
        this.removeEventListener("state", look);
        done();
      };
      this.addEventListener("state", look);
      look();
    });
  }

  #straighten() {
    this.show(this.relay);
    this.direct?.close();
    this.direct = null;
  }

  show(path) {
    if (this.shown === path) return;
    this.shown = path;
    this.#tell("shown");
  }

  still(on) {
    this.#still = on;
    this.direct?.still(on);
  }

  replace(kind, track) {
    for (const path of this.list) path.replace(kind, track);
  }

  drop() {
    this.direct?.close();
    this.relay?.close();
    this.direct = this.relay = this.shown = null;
    this.#tried = -Infinity;
    this.#from = this.#to = "";
  }

  leave() {
    this.relay?.leave();
    this.drop();
  }

  #arrived(path) {
    if (this.shown || !this.list.includes(path)) return;
    this.show(path);
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}

// How the media of a path travels: "direct", "relay" (our node) or "turn".
export function wayOf(path, stats) {
  if (path.relayed) return "relay";
  const pair = stats.find(({ type, nominated, state }) => type === "candidate-pair" && nominated && state === "succeeded");
  const local = stats.find(({ id }) => id === pair?.localCandidateId);
  const remote = stats.find(({ id }) => id === pair?.remoteCandidateId);
  return local?.candidateType === "relay" || remote?.candidateType === "relay" ? "turn" : "direct";
}
