// The two ways a call can go: from browser to browser, and through the media node. With two people both begin at once; the
// first that brings something is shown, and the call moves to the direct way as soon as that one brings pictures. With more
// than two all of it goes through the node, over the one connection with it, whoever comes and goes.
import { Peer } from "./peer.js";
import { Relay } from "./relay.js";

const FAREWELL = 3000;
const AGAIN = 4000;
// Credentials for relays last an hour.
const FRESH = 45 * 60_000;

export class Paths extends EventTarget {
  direct = null;
  relay = null;
  shown = null;
  // Why the node did not take this page in, if it did not.
  refused = null;
  // Hidden addresses: no direct connection is tried, and none is answered.
  always = false;
  // More than two people: none either.
  many = false;
  #link;
  #setup;
  #to = "";
  #from = "";
  #place = null;
  #still = false;
  #tried = -Infinity;
  #leaving = null;
  #recorded = false;
  #people = 2;
  #supplied = Date.now();

  // `setup`: polite, iceServers, tracks(), guard().
  constructor(link, setup) {
    super();
    this.#link = link;
    this.#setup = setup;
  }

  // What looks for routes from now on takes these.
  set servers(iceServers) {
    this.#supplied = Date.now();
    const before = JSON.stringify(this.#setup.iceServers);
    this.#setup.iceServers = iceServers;
    if (JSON.stringify(iceServers) === before || !this.direct?.fresh) return;
    this.direct.pc.setConfiguration({ ...this.direct.pc.getConfiguration(), iceServers });
  }

  // Those of now; asked for anew where the credentials are too old.
  async #fresh() {
    const { iceServers } = this.#setup;
    if (!iceServers.length || Date.now() - this.#supplied < FRESH) return iceServers;
    const said = await this.#link.relay("servers");
    if (said.iceServers) this.servers = said.iceServers;
    return this.#setup.iceServers;
  }

  get list() {
    return [this.direct, this.relay].filter((one) => one?.pc);
  }

  get #only() {
    return this.#recorded || this.many;
  }

  // What comes of one person, by their place. Before anything has come, what will come first most likely: a picture is
  // shown sooner where its place waits for it.
  of(place) {
    const relayed = this.relay?.remotes.get(place) ?? null;
    if (place !== this.#place) return relayed;
    const direct = this.direct?.remote.getTracks().length ? this.direct.remote : null;
    if (this.shown) return this.shown === this.relay ? relayed : direct;
    return direct ?? relayed;
  }

  // The pages of the call as they are now. `place` is where the node shows the one to whom a direct way may lead, `to`; of
  // two pages nothing of an older pair counts. Answers whether what came until now has ended.
  pair({ from, to, place, people, many }) {
    this.#people = people;
    this.relay?.people(people);
    if (from === this.#from && to === this.#to && many === this.many) return false;
    const anew = from !== this.#from || (to !== this.#to && !many && !this.many);
    const turned = many && !this.many;
    if (anew) this.drop();
    // Of more than two the direct way is kept until the node brings what it brought, unless its end is gone.
    else if (to !== this.#to) this.#straighten();
    [this.#from, this.#to, this.#place, this.many] = [from, to, place, many];
    if (turned) this.#tried = -Infinity;
    if (to && !this.always && !this.#only && !this.direct) this.#connect();
    return anew;
  }

  #connect() {
    const [from, to] = [this.#from, this.#to];
    const peer = new Peer({
      ...this.#setup,
      from,
      to,
      send: (kind, body) => this.#link.signal(to, kind, body),
      servers: () => this.#fresh(),
      still: this.#still,
    });
    peer.addEventListener("track", () => this.shown || this.#tell("shown"));
    peer.addEventListener("arrived", () => this.#arrived(peer));
    peer.addEventListener("state", () => this.direct === peer && this.#tell("state"));
    this.direct = peer;
  }

  // Somebody else is in the call: ask the node too.
  async bridge() {
    if (this.relay || performance.now() - this.#tried < AGAIN) return;
    this.#tried = performance.now();
    const relay = new Relay(this.#link, this.#setup);
    relay.people(this.#people);
    relay.still(this.#still);
    relay.addEventListener("arrived", ({ detail }) => (this.many || detail.place === this.#place) && this.#arrived(relay));
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

  // This way brings pictures: the other is left a little later, when the other people have seen so too.
  settle(path) {
    if (path === this.direct && this.#only) return;
    this.show(path);
    const left = path === this.direct ? this.relay : this.direct;
    if (!left || this.#leaving === left) return;
    this.#leaving = left;
    setTimeout(() => {
      if (this.#leaving === left) this.#leaving = null;
      if (this.shown === path) this.#part(left);
    }, FAREWELL);
  }

  #part(left) {
    if (left === this.direct) this.#straighten();
    if (left !== this.relay) return;
    this.relay = null;
    left.leave();
  }

  // All of it through the node, while a call is recorded. Resolves once the node carries it, or that is no longer wished.
  through(only) {
    this.#recorded = only;
    if (only && !this.relay && this.#to) this.rejoin();
    return new Promise((done) => {
      const look = () => {
        const carries = this.relay?.pc?.connectionState === "connected";
        if (this.#recorded && !carries) return;
        if (this.#recorded) this.show(this.relay);
        if (this.#recorded) this.#straighten();
        this.removeEventListener("state", look);
        done();
      };
      this.addEventListener("state", look);
      look();
    });
  }

  #straighten() {
    if (!this.direct) return;
    this.direct.close();
    if (this.shown === this.direct) this.show(this.relay);
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
    this.relay?.still(on);
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
    this.many = false;
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
