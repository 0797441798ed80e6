// The call of this page: who the other is, the ways to them, and the state in a word.
// The one who comes second offers; the server says who that is.
import { Line, STEPS } from "./line.js";
import { Paths, wayOf } from "./paths.js";
import { Seal } from "./seal.js";
import { Watch } from "./watch.js";

const BEAT = 15000;
// Whose place is whose at the media node.
const PATIENT = 0;
const CLINICIAN = 1;

export class Call extends EventTarget {
  joined = false;
  other = null;
  over = null;
  visit = null;
  door = null;
  state = "none";
  met = false;
  #link;
  #media;
  #theirs;
  #watch;
  #flows = false;
  #entered = false;
  #since = 0;
  #setupTime = 0;
  #framed = false;
  #renewing = false;
  #still = false;

  constructor({ link, media, polite, iceServers, visit, door, sealedOnly }) {
    super();
    this.#link = link;
    this.#media = media;
    this.#theirs = polite ? CLINICIAN : PATIENT;
    Object.assign(this, { visit, door });
    this.seal = new Seal({ send: (to, message) => link.signal(to, "seal", message), demanded: sealedOnly });
    this.seal.watch(() => this.#figures());
    this.seal.addEventListener("change", () => this.#sealed());
    this.paths = new Paths(link, {
      polite,
      iceServers,
      tracks: () => (this.#barred ? {} : media.tracks),
      guard: (transceiver, of) => this.seal.guard(transceiver, of),
    });
    this.paths.addEventListener("state", () => this.#judge());
    this.paths.addEventListener("shown", () => this.#tell("track"));
    this.#watch = new Watch(this);
    this.line = new Line(() => (this.joined ? this.paths.shown : null));
    this.line.addEventListener("change", () => this.#lineChanged());
    link.addEventListener("open", () => this.#enter());
    link.addEventListener("shut", ({ detail }) => this.#shut(detail.final));
    link.addEventListener("here", ({ detail }) => this.#see(detail));
    link.addEventListener("signal", ({ detail }) => this.#heard(detail));
    link.addEventListener("moved", () => this.joined && this.paths.relay && this.paths.rejoin());
    link.addEventListener("replaced", ({ detail }) => (detail.ours ? this.#enter() : this.#end("replaced")));
    media.addEventListener("change", () => this.#send());
    setInterval(() => this.beat(), BEAT);
  }

  get up() {
    return this.#link.up;
  }

  get peer() {
    return this.paths.direct;
  }

  get remote() {
    return this.paths.remote;
  }

  // Whether the other sends a picture, so that one should come.
  get pictured() {
    return Boolean(this.other?.picture) && !this.#still;
  }

  get reachable() {
    return this.#link.sure && this.other?.place === "call" && !this.#renewing;
  }

  // The second to come offers at once, before the server has written down that they joined.
  async join() {
    this.joined = true;
    this.met = false;
    this.over = null;
    this.#since = this.#setupTime = 0;
    this.#framed = false;
    this.line.reset();
    performance.mark("call:joined");
    this.#judge();
    if (this.#entered && this.peer?.fresh && this.other?.place === "call") await this.peer.offer();
    if (this.#link.up) await this.#enter();
  }

  async hangUp() {
    this.joined = false;
    this.paths.leave();
    this.#drop();
    this.#judge();
    await this.#link.leave(this.sends);
    // The next connection must not meet what is left of this one.
    this.#link.rename();
    await this.#enter();
  }

  // A new connection under a new name; the old picture stays until the new one comes.
  async renew() {
    if (this.#renewing) return;
    this.#renewing = true;
    this.#link.rename();
    await this.#enter();
    this.#renewing = false;
  }

  // Only through our server, so that the other does not learn this page's address.
  hide(on) {
    if (on === this.paths.always) return;
    this.paths.always = on;
    if (this.paths.list.length) this.renew();
  }

  // Sound alone, by the person's own wish.
  still(on) {
    this.#still = on;
    this.paths.still(on);
    this.#tell("change");
  }

  get stillness() {
    return this.#still;
  }

  // Which way the media goes: "direct", "relay" or "turn".
  async way() {
    const path = this.paths.shown;
    return path ? wayOf(path, await path.stats()) : "";
  }

  // What the other is told that they get: a picture that the line does not carry is none.
  get sends() {
    const { sound, picture } = this.#media.sends;
    return { sound, picture: picture && STEPS[this.line.step].active && !this.#still };
  }

  flow(flows) {
    if (flows === this.#flows) return;
    this.#flows = flows;
    if (flows && !this.#setupTime) this.#setupTime = Math.round(performance.now() - this.#since);
    if (flows) this.met = true;
    this.#judge();
    this.beat();
  }

  frame() {
    if (!this.joined || !this.paths.shown) return;
    if (!this.#framed) performance.mark("call:first-frame");
    this.#framed = true;
    this.#watch.seen();
  }

  // The other sends nothing at all on purpose; then an open connection is all there is to see.
  quiet(path) {
    const silent = this.other && !this.other.sound && !this.other.picture;
    return Boolean(silent) && path.pc.connectionState === "connected";
  }

  async #enter() {
    if (this.over && this.over !== "elsewhere") return;
    const name = this.#link.connection;
    const seen = await this.#link.enter(this.sends, this.joined);
    if (seen.refused) return this.#refused(seen);
    if (name !== this.#link.connection) return;
    this.paths.servers = seen.iceServers;
    this.#entered = !seen.elsewhere;
    this.over = seen.elsewhere ? "elsewhere" : null;
    this.#see(seen);
    if (!this.joined || this.other?.place !== "call") return;
    if (this.peer?.fresh) this.peer.offer();
    else if (!this.#flows) this.#watch.reroute();
  }

  #refused({ refused, words }) {
    if (refused === "Closed" || refused === "NotFound") this.#end("closed", words);
  }

  #see({ visit, door, other }) {
    Object.assign(this, { visit, door, other });
    if (visit === "finished") return this.#end("finished");
    if (this.joined && this.#flows && other?.place === "waiting") this.#drop();
    if (other && other.place !== "lost") this.#pair(other.connection);
    if (this.joined && this.#entered && other?.place === "call" && !this.#flows) this.paths.bridge();
    this.#judge();
  }

  #pair(to) {
    if (!this.#entered && !this.joined) return;
    const from = this.#link.connection;
    if (this.paths.isFor(from, to)) return;
    this.#drop();
    this.seal.meet(from, [to]);
    this.seal.places({ [this.#theirs]: to });
    this.paths.pair(from, to, this.#theirs);
  }

  #heard({ from, to, kind, body }) {
    if (to !== this.#link.connection) return;
    if (kind === "seal") return this.seal.hear(from, JSON.parse(body));
    if (!this.joined) return;
    this.#pair(from);
    this.peer?.receive(kind, JSON.parse(body));
  }

  async #figures() {
    const { sound = false, picture = false } = this.other ?? {};
    const stats = (await Promise.all(this.paths.list.map((path) => path.stats()))).flat();
    const out = stats.filter(({ type }) => type === "outbound-rtp");
    const sum = (wanted, name) => out.reduce((all, { kind, [name]: more = 0 }) => all + (kind === wanted ? more : 0), 0);
    const { audio, video } = this.#media.tracks;
    return {
      sends: { audio: Boolean(audio), video: Boolean(video) && this.sends.picture },
      comes: { audio: sound, video: picture && !this.#still },
      sent: { audio: sum("audio", "packetsSent"), video: sum("video", "framesSent") },
    };
  }

  // Without the lock where it is demanded, or with a broken one, nothing leaves.
  get #barred() {
    return ["broken", "refused"].includes(this.seal.state);
  }

  #sealed() {
    this.#send();
    this.#tell("change");
  }

  #send() {
    if (this.#barred) for (const kind of ["audio", "video"]) this.paths.replace(kind, null);
    else for (const [kind, track] of Object.entries(this.#media.tracks)) this.paths.replace(kind, track);
    this.beat();
  }

  async beat() {
    if (!this.#entered || !this.#link.up) return;
    const way = this.#flows ? await this.way().catch(() => "") : "";
    const figures = { setup: this.#setupTime, way, lost: this.line.loss, concealed: this.line.concealed };
    if (this.#entered && this.#link.up) this.#link.state(this.sends, { connected: this.#flows && this.joined, ...figures });
  }

  #lineChanged() {
    this.beat();
    this.#tell("change");
  }

  #shut(final) {
    this.#entered = false;
    if (final) this.#end("signed-out");
    this.#judge();
  }

  #end(reason, words) {
    this.over = reason;
    this.words = words;
    this.joined = false;
    this.#entered = false;
    this.#drop();
    if (reason !== "closed") this.#link.close();
    this.#judge();
  }

  #drop() {
    this.paths.drop();
    this.#flows = false;
  }

  // Media that flows is the strongest sign: a socket may be gone while two people still talk.
  #judge() {
    if (this.joined && this.other?.place === "call") this.#since ||= performance.now();
    this.state = this.over ?? this.#word();
    this.#tell("change");
  }

  #word() {
    if (!this.joined) return "none";
    if (this.#flows) return "connected";
    if (this.other?.place === "lost") return "lost";
    if (!this.#link.up) return "offline";
    if (this.paths.always && this.paths.refused && this.other?.place === "call") return "no-relay";
    if (this.other?.place !== "call") return "alone";
    return this.met ? "interrupted" : "connecting";
  }

  #tell(type) {
    this.dispatchEvent(new Event(type));
  }
}
