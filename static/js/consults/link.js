// The page's line to the server: one socket, and the name of the connection that it speaks for. Not the socket of
// live.js, which waits up to 20 s before it comes back: a call is missed after one.
import { io } from "../../vendor/socket.io.esm.min.js";

const PATIENCE = 8000;
// How soon a server that still hears this page answers, also over a poor line.
const KNOCK = 3000;
// The same where the network has just come back: there is little to lose by a new socket.
const HURRY = 700;
// A try that began on a dead line does not notice that it lives again; the next one does.
const TRY = 4000;
// What the visit's own page answers to somebody who is not, or no longer, signed in.
const OVER = [401, 403, 404, 410];

export class Link extends EventTarget {
  #socket;
  #appointment;
  #knocking = false;
  #asking = false;
  #entered = false;
  #known = false;
  // When the server last learnt that this page is here, over the socket of now.
  #since = 0;
  // Every name this page has had.
  #names = new Set();
  // What was told last of who is here.
  #seen = { version: 0 };

  constructor(appointment) {
    super();
    this.#appointment = appointment;
    this.rename();
    this.#socket = io({ transports: ["websocket"], reconnectionDelay: 250, reconnectionDelayMax: 3000, timeout: TRY });
    this.#socket.on("connect", () => this.#tell("open"));
    this.#socket.on("disconnect", (reason) => this.#shut(reason));
    this.#socket.on("connect_error", () => this.#turnedAway());
    window.addEventListener("online", () => this.#hurry());
    this.#socket.on("consults:here", (seen) => this.#tell("here", this.#newest(seen)));
    this.#socket.on("consults:signal", (signal) => this.#tell("signal", signal));
    this.#socket.on("consults:moved", () => this.#tell("moved"));
    this.#socket.on("consults:guests", () => this.#tell("guests"));
    this.#socket.on("consults:recording", (told) => this.#tell("recording", told));
    // What this page said on a line that then died may arrive after all, later than what it said since on another: then
    // it is told that it replaced itself.
    this.#socket.on("consults:replaced", ({ by }) => this.#tell("replaced", { ours: this.#names.has(by) }));
    this.#socket.on("changed", (hint) => hint.id === appointment && this.#tell("changed"));
  }

  get up() {
    return this.#socket.connected;
  }

  // Whether this page has been heard at all: before that it is only on its way.
  get known() {
    return this.#known;
  }

  // Up, as far as is known, and the server knows this page: whoever has just been asked and not answered yet may be gone.
  get sure() {
    return this.up && this.#entered && !this.#knocking;
  }

  // Since when what this page says is heard.
  get since() {
    return this.sure ? this.#since : -Infinity;
  }

  // A new name makes the other side start afresh with us, as after a reload.
  rename() {
    this.connection = crypto.randomUUID();
    this.#names.add(this.connection);
  }

  async enter(sends, joining) {
    const { id } = this.#socket;
    const answer = await this.#ask("enter", { ...sends, joining });
    if (answer.refused) return answer;
    const said = { ...answer, ...this.#newest(answer) };
    if (said.elsewhere || id !== this.#socket.id) return said;
    this.#since = this.#entered ? this.#since : performance.now();
    this.#entered = true;
    this.#known = true;
    return said;
  }

  // An answer may be overtaken by the news of somebody who came after it was written, and news by newer ones: taken as
  // the last word, the older would hide who is here until their next sign of life.
  #newest({ version, visit, door, others }) {
    if (version >= this.#seen.version) this.#seen = { version, visit, door, others };
    return this.#seen;
  }

  leave(sends) {
    return this.#ask("leave", sends);
  }

  // A sign of life, with figures of the call and nothing of what is said in it.
  // Whoever gets nothing asks at the same time whether the server still hears this page: when a device changes its
  // network, the socket of the old one stays open and deaf for most of a minute. It makes way for a new one.
  async state(sends, standing) {
    if (standing.connected) return this.#ask("state", { ...sends, ...standing });
    if (this.#knocking || !this.up) return {};
    this.#knocking = true;
    const said = await this.#knock("state", { ...sends, ...standing }, KNOCK);
    this.#knocking = false;
    return said;
  }

  // Back on a network, perhaps another: a socket of the old one is not waited for.
  #hurry() {
    if (this.up) this.#knock("relay", { action: "servers" }, HURRY);
  }

  // A socket that does not open does not say why. Where the server answers and knows this page's person no more, they
  // were signed out meanwhile, and there is nothing to wait for.
  async #turnedAway() {
    if (this.#asking) return;
    this.#asking = true;
    const over = await isOver();
    this.#asking = false;
    if (over && !this.up) this.#shut("io server disconnect");
  }

  async #knock(name, data, patience) {
    const { engine } = this.#socket.io;
    const said = await this.#ask(name, data, patience);
    if (said.refused === "Silence" && this.#socket.io.engine === engine) engine.close();
    return said;
  }

  #shut(reason) {
    this.#entered = false;
    this.#tell("shut", { final: reason === "io server disconnect" });
  }

  async signal(to, kind, body) {
    return (await this.#ask("signal", { to, kind, body: JSON.stringify(body) })).sent === true;
  }

  // What this page wants of the media node.
  relay(action, more = {}) {
    return this.#ask("relay", { action, ...more });
  }

  // One step with the recording of this visit; answers how it stands.
  record(step, recording = "") {
    return this.#ask("recording", { step, recording });
  }

  // One step with those who were asked into the visit; answers who they are.
  guests(step, guest = "") {
    return this.#ask("guests", { step, guest });
  }

  close() {
    this.#socket.disconnect();
  }

  // Without a socket nothing is queued: what is worth saying is said anew when it is back.
  async #ask(name, data, patience = PATIENCE) {
    if (!this.up) return { refused: "Offline" };
    const said = { appointment: this.#appointment, connection: this.connection, ...data };
    try {
      return await this.#socket.timeout(patience).emitWithAck(`consults:${name}`, said);
    } catch {
      return { refused: "Silence" };
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

async function isOver() {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  const asked = { method: "HEAD", redirect: "manual", cache: "no-store", signal: patience.signal };
  try {
    const { type, status } = await fetch(location.pathname, asked);
    return type === "opaqueredirect" || OVER.includes(status);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
