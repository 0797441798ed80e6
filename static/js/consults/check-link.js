// The check's line to the server: one socket, and the name of the connection that goes to the node and back.
import { io } from "../../vendor/socket.io.esm.min.js";

const PATIENCE = 8000;

export class CheckLink {
  #connection = crypto.randomUUID();
  #socket = io({ transports: ["websocket"], reconnectionDelay: 250, reconnectionDelayMax: 3000 });

  // Answers whether the socket stands, at the latest when nobody would wait any longer.
  up() {
    if (this.#socket.connected) return Promise.resolve(true);
    return new Promise((done) => {
      this.#socket.once("connect", () => done(true));
      setTimeout(() => done(this.#socket.connected), PATIENCE);
    });
  }

  // What the page of a call asks for in the same words.
  async relay(action, more = {}) {
    if (!this.#socket.connected) return { refused: "Offline" };
    try {
      return await this.#socket.timeout(PATIENCE).emitWithAck("consults:check", { connection: this.#connection, action, ...more });
    } catch {
      return { refused: "Silence" };
    }
  }
}
