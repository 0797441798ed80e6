// The lock of a call: gives every stream to the worker that seals and opens, hands it the keys on which the browsers
// agreed, and says how things stand. "locked" only where the worker's own counts show it, in both directions.
import { Agreement } from "./agree.js";

const LOOK = 500;
// Frames under a key that has just been changed are lost for a moment; that alone is no fault.
const RECENT = 4;
// What may leave in that time without one frame seen by the worker: what was under way.
const UNSEEN = 12;
const KINDS = ["audio", "video"];

export class Seal extends EventTarget {
  able = "RTCRtpScriptTransform" in window;
  state = "none";
  counts = null;
  #agreement;
  #worker = null;
  #demanded;
  #bare = false;
  #history = [];
  #base = null;
  #latest = null;
  #leaked = false;
  // Under which name, and with whom, this page has a key to seal with.
  #name = "";
  #sealing = [];
  #flow = async () => null;

  // `send(to, message)` carries a message to another browser; `demanded`: the clinic allows no call without the lock.
  constructor({ send, demanded = false }) {
    super();
    this.#demanded = demanded;
    if (this.able) this.#start();
    this.#agreement = new Agreement({ able: this.able, send });
    this.#agreement.addEventListener("mine", ({ detail }) => this.#mine(detail));
    this.#agreement.addEventListener("theirs", ({ detail }) => this.#tell("theirs", detail));
    this.#agreement.addEventListener("change", () => this.#judge());
    setInterval(() => this.#look(), LOOK);
  }

  get code() {
    return this.#agreement.code;
  }

  // Whoever comes or goes begins new keys for all. Until those hold, the ones that were agreed on with somebody who stays
  // go on: nobody falls silent because somebody else arrives, and who has just come opens nothing with them.
  meet(name, others, known = others) {
    if (name !== this.#name || !others.some((one) => this.#sealing.includes(one))) this.#sealing = [];
    this.#name = name;
    return this.#agreement.meet(name, others).then(() => this.#tell("only", { owners: known }));
  }

  hear(from, message) {
    return this.#agreement.hear(from, message);
  }

  // Must be called in the task in which the stream is made: given to the worker later, the browser would pass it bare.
  guard({ sender, receiver }, of) {
    const kind = receiver.track.kind;
    if (!this.able) return;
    if (sender && !sender.transform) sender.transform = this.#through({ side: "send", kind });
    if (!receiver.transform) receiver.transform = this.#through({ side: "receive", kind, ...of });
  }

  // The places of the others, where streams come from the node and are named by place.
  places(held) {
    this.#tell("places", { held });
  }

  // A picture stands still: whoever sends it is asked for a whole one.
  refresh() {
    this.#tell("refresh");
  }

  // While a recording runs that everybody has agreed to, frames pass unsealed.
  bare(on) {
    this.#bare = on;
    this.#judge();
  }

  // Answers by kind whether this page sends, and how much the connections have sent; and what should come, by owner.
  watch(flow) {
    this.#flow = flow;
  }

  #start() {
    // The policy of the page lets this one address be a worker, and no other.
    const address = new URL("./seal-worker.js", import.meta.url).href;
    const policy = window.trustedTypes?.createPolicy("nearside-seal", { createScriptURL: () => address });
    this.#worker = new Worker(policy?.createScriptURL("") ?? address, { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => this.#count(data));
    this.#worker.addEventListener("error", () => this.#broke());
  }

  #broke() {
    this.#worker = null;
    this.#judge();
  }

  #mine(detail) {
    this.#sealing = this.#agreement.others;
    this.#tell("mine", detail);
  }

  #through(options) {
    return new RTCRtpScriptTransform(this.#worker, options);
  }

  get #mode() {
    const { broken, unable, complete, code } = this.#agreement;
    if (broken || this.#leaked || (this.able && !this.#worker)) return "closed";
    if (this.#bare) return "open";
    if (unable.length || !this.able) return this.#demanded ? "closed" : "open";
    return complete || code || this.#sealing.length ? "sealed" : "closed";
  }

  #judge() {
    const mode = this.#mode;
    if (mode !== this.mode) this.#tell("mode", { to: mode });
    this.mode = mode;
    const state = this.#state();
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }

  #state() {
    const { broken, unable } = this.#agreement;
    if (broken || this.#leaked || (this.able && !this.#worker)) return "broken";
    if (this.#bare) return "bare";
    if (unable.length || !this.able) return this.#demanded ? "refused" : "unable";
    if (!this.#agreement.complete) return "none";
    return this.#proved() ? "locked" : this.#failing() ? "failing" : "closing";
  }

  // Since these keys hold: frames went sealed and came opened from everybody who sends any, none failed of late, and
  // nothing left that the worker did not see. Whoever has vanished before they had keys sends nothing, and opens nothing.
  #proved() {
    const now = this.#history.at(-1);
    if (!now?.flow || this.mode !== "sealed" || now.mode !== "sealed" || this.#failing()) return false;
    const { sends, comes } = now.flow;
    const facing = Object.keys(comes).filter((owner) => !this.#agreement.absent.includes(owner));
    const sealed = KINDS.every((kind) => !sends[kind] || now.sealed[kind] > this.#base.sealed[kind]);
    const from = ({ from: all }, owner, kind) => all[owner]?.[kind] ?? 0;
    const opens = (owner, kind) => !comes[owner][kind] || from(now, owner, kind) > from(this.#base, owner, kind);
    const opened = facing.every((owner) => KINDS.every((kind) => opens(owner, kind)));
    return sealed && opened && KINDS.some((kind) => sends[kind] || Object.values(comes).some((one) => one[kind]));
  }

  #failing() {
    const [first, last] = [this.#history[0], this.#history.at(-1)];
    if (!last || this.mode !== "sealed") return false;
    return last.failed > first.failed || last.bare > first.bare;
  }

  // Something leaves that the worker does not see: the browser does not let it through there. It must not leave.
  #leaks() {
    const [first, last] = [this.#history[0], this.#history.at(-1)];
    if (!first?.flow || !last?.flow || first.mode !== "sealed" || last.mode !== "sealed") return false;
    return KINDS.some((kind) => last.flow.sent[kind] - first.flow.sent[kind] > UNSEEN && last.sealed[kind] === first.sealed[kind]);
  }

  async #look() {
    if (!this.#worker) return;
    this.#latest = await this.#flow().catch(() => null);
    this.#worker?.postMessage({ act: "count" });
  }

  #count({ counts, mode }) {
    this.counts = counts;
    const now = { ...counts, mode, flow: this.#latest };
    this.#base ??= now;
    this.#history = [...this.#history, now].slice(-RECENT);
    if (!this.#leaked && this.#leaks()) {
      this.#leaked = true;
    }
    this.#judge();
  }

  #tell(act, detail) {
    this.#worker?.postMessage({ act, ...detail });
    if (act !== "mine") return;
    this.#base = null;
    this.#history = [];
    this.#leaked = false;
    this.#judge();
  }
}
