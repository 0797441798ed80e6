// The call of this page: who the others are, the ways to them, and the state in a word.
// Of patient and clinician the one who comes second offers; the server says who that is.
import { Company } from "./company.js";
import { figures } from "./figures.js";
import { Gathering } from "./gathering.js";
import { Line, STEPS } from "./line.js";
import { Paths, wayOf } from "./paths.js";
import { Seal } from "./seal.js";
import { Watch } from "./watch.js";

const BEAT = 15000;

export class Call extends EventTarget {
  joined = false;
  over = null;
  visit = null;
  door = null;
  watch;
  state = "none";
  met = false;
  #link;
  #media;
  #gathering;
  #flows = false;
  #heard = [];
  #entered = false;
  #since = 0;
  #setupTime = 0;
  #framed = false;
  #renewing = false;
  #still = false;

  constructor({ link, media, seat, polite, iceServers, visit, door, sealedOnly }) {
    super();
    this.#link = link;
    this.#media = media;
    this.company = new Company(seat);
    Object.assign(this, { visit, door });
    this.seal = new Seal({ send: (to, message) => link.signal(to, "seal", message), demanded: sealedOnly });
    this.seal.watch(() => figures(this, media.tracks));
    this.seal.addEventListener("change", () => this.#sealed());
    this.paths = new Paths(link, {
      polite,
      iceServers,
      tracks: () => (this.#barred ? {} : media.tracks),
      guard: (transceiver, of) => this.seal.guard(transceiver, of),
    });
    this.paths.addEventListener("state", () => this.#judge());
    this.paths.addEventListener("shown", () => this.#tell("track"));
    this.#gathering = new Gathering({ link, seal: this.seal, paths: this.paths, company: this.company, polite });
    this.watch = new Watch(this);
    this.line = new Line(() => (this.joined ? this.paths.shown : null));
    this.line.addEventListener("change", () => this.#lineChanged());
    link.addEventListener("open", () => this.#enter());
    link.addEventListener("shut", ({ detail }) => this.#shut(detail.final));
    link.addEventListener("here", ({ detail }) => this.#see(detail));
    link.addEventListener("signal", ({ detail }) => this.#told(detail));
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

  get other() {
    return this.company.other;
  }

  // Whether anything comes of them. Who sends nothing on purpose is there as long as we hear the node or their browser.
  present({ seat, place, sound, picture }) {
    return this.#heard.includes(seat) || (this.#flows && place === "call" && !sound && !picture);
  }

  // Whether the other sends a picture, so that one should come.
  get pictured() {
    return Boolean(this.other?.picture) && !this.#still;
  }

  // Since when the server hears this page.
  get heardSince() {
    return this.#link.since;
  }

  get reachable() {
    return this.#link.sure && this.company.talking.length > 0 && !this.#renewing;
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
    this.#gather();
    this.#judge();
    if (this.#entered) await this.#gathering.offer();
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

  // The seats of those from whom something comes.
  hears(seats) {
    if (seats.length === this.#heard.length && seats.every((seat) => this.#heard.includes(seat))) return;
    this.#heard = seats;
    this.#tell("change");
  }

  frame() {
    if (!this.joined || !this.paths.shown) return;
    if (!this.#framed) performance.mark("call:first-frame");
    this.#framed = true;
    this.watch.seen();
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
    if (!this.joined || !this.company.talking.length) return;
    if (this.peer?.fresh) this.#gathering.offer();
    else if (!this.#flows) this.watch.reroute();
  }

  #refused({ refused, words }) {
    if (refused === "Closed" || refused === "NotFound") this.#end("closed", words);
  }

  #see({ visit, door, others }) {
    Object.assign(this, { visit, door });
    const news = this.company.see(others);
    if (visit === "finished") return this.#end("finished");
    const { talking, taking, other } = this.company;
    if (this.joined && this.#flows && other?.place === "waiting" && !taking.length) this.#drop();
    this.#gather();
    if (this.joined && this.#entered && talking.length && (!this.#flows || this.company.many)) this.paths.bridge();
    this.#judge();
    if (this.joined && news.length) this.#tell("news", news);
  }

  #gather() {
    if ((this.#entered || this.joined) && this.#gathering.meet(this.joined)) this.#hush();
  }

  #told(signal) {
    if (signal.to !== this.#link.connection) return;
    if (signal.kind === "seal") this.seal.hear(signal.from, JSON.parse(signal.body));
    else if (this.joined && this.#gathering.hear(signal)) this.#hush();
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
    const standing = { setup: this.#setupTime, way, lost: this.line.loss, concealed: this.line.concealed };
    if (this.#entered && this.#link.up) this.#link.state(this.sends, { connected: this.#flows && this.joined, ...standing });
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
    this.#hush();
  }

  #hush() {
    this.#flows = false;
    this.#heard = [];
  }

  // Media that flows is the strongest sign: a socket may be gone while two people still talk.
  #judge() {
    if (this.joined && this.company.talking.length) this.#since ||= performance.now();
    this.state = this.over ?? this.#word();
    this.#tell("change");
  }

  #word() {
    if (!this.joined) return "none";
    if (this.#flows) return "connected";
    const { talking, taking, many } = this.company;
    if (taking.length && !talking.length) return "lost";
    if (!this.#link.up) return this.#link.known ? "offline" : "connecting";
    if ((this.paths.always || many) && this.paths.refused && talking.length) return "no-relay";
    if (!talking.length) return "alone";
    return this.met ? "interrupted" : "connecting";
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
