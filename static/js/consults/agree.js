// How the browsers of a call come to keys that nobody between them knows. Each draws a key pair for this gathering,
// first promises it (a hash), and shows it once everybody has promised: so nobody can choose theirs to fit another's,
// and six digits of the hash of all of them are enough to compare aloud. Then each hands its own frame key to each
// other, wrapped for that one alone. Whoever comes, goes or reloads begins a new gathering with new keys. Of three, one may
// know of it sooner than another: what each draws (its leaf) says for whom, and counts only where all mean the same people.
// Whoever says nothing is not waited for: the rest agree without them, and anew as soon as they speak.
import { Attendance } from "./attendance.js";
import { bytes, drawn, gatheringOf, promiseOf, publicKey, written } from "./drawn.js";

const AGAIN = 1500;
const SELDOM = 2500;
// With somebody who cannot seal nothing is waited for.
const RARELY = 15_000;
const LOOK = 500;
const DIGITS = 1_000_000n;
// In front of a wrapped key: for which gathering it was wrapped, as seen from there.
const MARK = 16;
// Of three, one may still mean what the second has drawn anew already. That passes soon; what stays is somebody in between.
const ODD = 20_000;
const text = new TextEncoder();

export class Agreement extends EventTarget {
  code = "";
  broken = false;
  #name;
  #gathering = "";
  #attendance = new Attendance();
  #able;
  #send;
  #me = null;
  #others = new Map();
  #early = new Map();
  #turn = Promise.resolve();
  #timer = null;

  // `send(to, message)` carries a message to one other; `able` is whether this browser can seal at all.
  constructor({ able, send }) {
    super();
    this.#able = able;
    this.#send = send;
    setInterval(() => this.#look(), LOOK);
  }

  get complete() {
    return this.#others.size > 0 && [...this.#others.values()].every((one) => one.key) && Boolean(this.#me?.installed);
  }

  // Names of those who cannot seal; with one of them in the call nobody can.
  get unable() {
    return [...this.#others].filter(([, one]) => one.unable).map(([name]) => name);
  }

  get others() {
    return [...this.#others.keys()];
  }

  // Those who are here and say nothing: they have none of the keys.
  get absent() {
    return this.#attendance.absent;
  }

  // Who is here: this page under its present name, and the others under theirs.
  meet(name, names) {
    return this.#next(() => {
      this.#attendance.mean(names, name !== this.#name);
      return this.#gather(name);
    });
  }

  async #gather(name) {
    const names = this.#attendance.present;
    const same = name === this.#name && names.length === this.#others.size && names.every((one) => this.#others.has(one));
    if (same) return;
    this.#name = name;
    this.#gathering = await gatheringOf([name, ...names]);
    this.#attendance.begin(performance.now());
    // What was promised to other people does not hold among these.
    this.#others = new Map(names.map((one) => [one, { unable: this.#others.get(one)?.unable }]));
    await this.#begin();
    for (const [from, message] of [...this.#early]) {
      if (!this.#others.has(from)) continue;
      this.#early.delete(from);
      await this.#hear(from, message);
    }
  }

  hear(from, message) {
    this.#attendance.hears(from, performance.now());
    return this.#next(() => this.#hear(from, message));
  }

  #look() {
    const now = performance.now();
    for (const one of this.#attendance.knock(now)) this.#say(one);
    const silent = this.#attendance.silent(now);
    if (silent.length && !this.complete) this.#next(() => this.#without(silent));
  }

  #without(silent) {
    if (this.complete || this.broken || !this.#able || this.unable.length) return undefined;
    this.#attendance.giveUp(silent);
    return this.#gather(this.#name);
  }

  // Somebody speaks of other people than we mean. Where they have given up one who is silent to us too, so do we; otherwise
  // they hear from us, and so does whoever we gave up, for one of us may have missed something.
  async #elsewhere(from, { leaf, step }) {
    const now = performance.now();
    const other = this.#others.get(from);
    if (step !== "promise" || !other) return;
    for (const out of this.#attendance.doubtful(from, now)) {
      const rest = this.others.filter((one) => !out.includes(one));
      if (!leaf.startsWith(await gatheringOf([this.#name, ...rest]))) continue;
      this.#attendance.giveUp(out);
      await this.#gather(this.#name);
      return;
    }
    if (now - (other.answered ?? -Infinity) < AGAIN) return;
    other.answered = now;
    for (const one of [from, ...this.absent]) this.#say(one);
  }

  // What others promised and have not shown yet still holds; what they have shown is known, so they will draw anew.
  async #begin() {
    clearTimeout(this.#timer);
    this.code = "";
    this.broken = false;
    for (const [name, { leaf, promise, shown, unable }] of this.#others) {
      this.#others.set(name, shown || !leaf ? { unable } : { leaf, promise, unable });
    }
    this.#me = this.#able ? await drawn(this.#name, this.#gathering) : null;
    this.#tell("change");
    for (const name of this.#others.keys()) this.#say(name);
    this.#later(AGAIN);
  }

  // What was lost on the way is said again, ever less often, until everybody has everything.
  #later(wait) {
    clearTimeout(this.#timer);
    if (!this.#able || !this.#others.size) return;
    this.#timer = setTimeout(() => {
      if (this.complete || this.broken) return;
      for (const name of this.#others.keys()) this.#say(name);
      this.#later(Math.min(2 * wait, this.unable.length ? RARELY : SELDOM));
    }, wait);
  }

  #say(to) {
    if (!this.#able) return this.#send(to, { step: "cannot" });
    const { leaf, promise, shown, nonce, revealed } = this.#me;
    const { leaf: yours = "", wrapped } = this.#others.get(to) ?? {};
    this.#send(to, { step: "promise", leaf, yours, promise });
    if (revealed && yours) this.#send(to, { step: "show", leaf, yours, shown, nonce });
    if (wrapped) this.#send(to, { step: "key", leaf, yours, ...wrapped });
    return undefined;
  }

  async #hear(from, message) {
    const elsewhere = message.step !== "cannot" && !message.leaf.startsWith(this.#gathering);
    const again = this.#attendance.takeBack(from);
    if (again || !this.#others.has(from) || (this.#able && elsewhere)) {
      if (message.step === "promise" || message.step === "cannot") this.#early.set(from, message);
      return again ? this.#gather(this.#name) : this.#elsewhere(from, message);
    }
    if (message.step === "cannot") {
      this.#others.get(from).unable = true;
      return this.#tell("change");
    }
    if (!this.#able) return this.#say(from);
    if (this.broken) return undefined;
    if (message.step === "promise") await this.#promised(from, message);
    const other = this.#others.get(from);
    if (message.leaf !== other.leaf || message.yours !== this.#me.leaf) return undefined;
    other.confirmed = true;
    if (message.step === "show") await this.#shown(other, message, from);
    if (message.step === "key") await this.#handed(from, other, message);
    return this.#proceed();
  }

  async #promised(from, { leaf, promise, yours }) {
    const known = this.#others.get(from);
    if (known.leaf !== leaf) {
      // They began anew after we had shown ours: ours is known now, so we draw another.
      if (this.#me.revealed) await this.#begin();
      this.#others.set(from, { leaf, promise });
      if (yours !== this.#me.leaf) this.#say(from);
    } else if (known.told && performance.now() - (known.repeated ?? 0) > AGAIN) {
      // They speak again although we said everything: something was lost on the way.
      known.repeated = performance.now();
      this.#say(from);
    }
  }

  async #shown(other, { shown, nonce }, from) {
    if (other.shown) return;
    if ((await promiseOf(from, other.leaf, shown, nonce)) !== other.promise) return this.#fail();
    other.shown = shown;
    other.public = await publicKey(shown);
    if (!other.public) this.#fail();
  }

  async #handed(from, other, { iv, data }) {
    if (other.key || !other.public) return;
    const [here, there] = [await this.#mark(), bytes(data).slice(0, MARK)];
    if (!here.every((byte, at) => byte === there[at])) {
      other.odd ??= performance.now();
      if (performance.now() - other.odd > ODD) this.#fail();
      return;
    }
    try {
      const wrap = await this.#wrapKey(other, from, this.#name);
      const handed = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, wrap, bytes(data).slice(MARK));
      const id = new DataView(handed).getUint16(0);
      const key = await crypto.subtle.importKey("raw", handed.slice(2), "AES-GCM", false, ["decrypt"]);
      other.key = true;
      this.#tell("theirs", { owner: from, id, key });
    } catch {
      this.#fail();
    }
  }

  // Ours is shown only once every other has promised, and knows which of our promises counts.
  async #proceed() {
    const all = [...this.#others];
    const me = this.#me;
    if (this.broken || !all.length || !all.every(([, one]) => one.promise && one.confirmed)) return;
    if (!me.revealed) {
      me.revealed = true;
      for (const [to, { leaf: yours }] of all) {
        this.#send(to, { step: "show", leaf: me.leaf, yours, shown: me.shown, nonce: me.nonce });
      }
    }
    if (!all.every(([, one]) => one.public)) return;
    if (!this.code) await this.#hand();
    if (!me.installed && all.every(([, one]) => one.key)) {
      me.installed = true;
      this.#attendance.settle();
      this.#tell("mine", { id: me.id, key: me.sealing });
      this.#tell("change");
    }
  }

  async #hand() {
    this.code = await this.#spoken();
    const raw = await crypto.subtle.exportKey("raw", this.#me.frames);
    const load = new Uint8Array(2 + raw.byteLength);
    new DataView(load.buffer).setUint16(0, this.#me.id);
    load.set(new Uint8Array(raw), 2);
    this.#me.sealing = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
    for (const [name, other] of this.#others) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const wrap = await this.#wrapKey(other, this.#name, name);
      const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, wrap, load));
      other.wrapped = { iv: written(iv), data: written([...(await this.#mark()), ...sealed]) };
      other.told = true;
      this.#send(name, { step: "key", leaf: this.#me.leaf, yours: other.leaf, ...other.wrapped });
    }
  }

  // One key for each pair and direction, bound to everything that was shown in this gathering.
  async #wrapKey(other, from, to) {
    const secret = await crypto.subtle.deriveBits({ name: "ECDH", public: other.public }, this.#me.pair.privateKey, 256);
    const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt: await this.#transcript(), info: text.encode(`nearside wrap|${from}|${to}`) };
    return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  #transcript() {
    const here = [[this.#name, this.#me], ...this.#others].map(([name, { leaf, shown }]) => `${name}|${leaf}|${shown}`);
    return crypto.subtle.digest("SHA-256", text.encode(`nearside gathering|${here.sort().join("|")}`));
  }

  async #mark() {
    return new Uint8Array(await this.#transcript()).slice(0, MARK);
  }

  async #spoken() {
    const hash = await crypto.subtle.digest("SHA-256", await this.#transcript());
    const number = new DataView(hash).getBigUint64(0) % DIGITS;
    return String(number).padStart(6, "0");
  }

  #fail() {
    this.broken = true;
    this.code = "";
    this.#tell("change");
  }

  #next(act) {
    this.#turn = this.#turn.then(act).catch(() => this.#fail());
    return this.#turn;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
