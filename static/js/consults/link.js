// The page's line to the server: one socket, and the name of the connection that it speaks for. Not the socket of
// live.js, which waits up to 20 s before it comes back: a call is missed after one.
import { io } from "../../vendor/socket.io.esm.min.js";

const PATIENCE = 8000;

export class Link extends EventTarget {
  #socket;
  #appointment;

  constructor(appointment) {
    super();
    this.#appointment = appointment;
    this.connection = crypto.randomUUID();
    this.#socket = io({ transports: ["websocket"], reconnectionDelay: 250, reconnectionDelayMax: 3000 });
    this.#socket.on("connect", () => this.#tell("open"));
    this.#socket.on("disconnect", (reason) => this.#tell("shut", { final: reason === "io server disconnect" }));
    this.#socket.on("consults:here", (seen) => this.#tell("here", seen));
    this.#socket.on("consults:signal", (signal) => this.#tell("signal", signal));
    this.#socket.on("consults:moved", () => this.#tell("moved"));
    this.#socket.on("consults:recording", (told) => this.#tell("recording", told));
    this.#socket.on("consults:replaced", () => this.#tell("replaced"));
    this.#socket.on("changed", (hint) => hint.id === appointment && this.#tell("changed"));
  }

  get up() {
    return this.#socket.connected;
  }

  // A new name makes the other side start afresh with us, as after a reload.
  rename() {
    this.connection = crypto.randomUUID();
  }

  enter(sends, joining) {
    return this.#ask("enter", { ...sends, joining });
  }

  leave(sends) {
    return this.#ask("leave", sends);
  }

  // A sign of life, with figures of the call and nothing of what is said in it.
  state(sends, figures) {
    return this.#ask("state", { ...sends, ...figures });
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

  close() {
    this.#socket.disconnect();
  }

  // Without a socket nothing is queued: what is worth saying is said anew when it is back.
  async #ask(name, data) {
    if (!this.up) return { refused: "Offline" };
    const said = { appointment: this.#appointment, connection: this.connection, ...data };
    try {
      return await this.#socket.timeout(PATIENCE).emitWithAck(`consults:${name}`, said);
    } catch {
      return { refused: "Silence" };
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
