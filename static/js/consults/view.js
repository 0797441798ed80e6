// Shows the call: words for every state, the pictures, and buttons that say what they will do.

import { STEPS } from "./line.js";
import { Tiles } from "./tiles.js";

const find = (id) => document.getElementById(id);

export class View {
  #call;
  #media;
  #words;

  constructor({ call, media, words }) {
    this.#call = call;
    this.#media = media;
    this.#words = words;
    this.tiles = new Tiles({ call, words });
    call.addEventListener("change", () => this.show());
    media.addEventListener("change", () => this.show());
  }

  show() {
    const { state, joined } = this.#call;
    const root = document.documentElement;
    root.dataset.callState = state;
    root.dataset.line = this.#call.up ? "up" : "down";
    find("waiting").hidden = joined || this.#stopped;
    find("stage").hidden = !joined;
    find("stopped").hidden = !this.#stopped;
    find("link-lost").hidden = joined || state !== "none" || this.#call.up;
    this.#say("who", this.#who());
    this.#say("call-status", joined ? this.#status() : "");
    this.#say("stopped-words", this.#stopped ? this.#status() : "");
    this.tiles.show();
    this.#lock();
    this.#line();
    this.#self();
    this.#buttons();
  }

  // The sign of the lock stands only where the lock is proved; every other state is said in words.
  #lock() {
    const { seal, joined, state } = this.#call;
    const now = joined && state === "connected" ? seal.state : "none";
    document.documentElement.dataset.lock = now;
    find("lock").hidden = now !== "locked";
    if (now === "locked") this.#say("lock-code", seal.code.replace(/(...)(...)/, "$1 $2"));
    const joinedWords = joined && ["broken", "refused"].includes(seal.state) ? seal.state : now;
    this.#say("lock-help", this.#words[`lock-${joinedWords}`] ?? "");
  }

  // Good, fair or poor, whose line it is, and what was done about it.
  #line() {
    const { line, state, stillness } = this.#call;
    const known = state === "connected" && line.grade !== "unknown";
    const grade = line.grade === "good" ? this.#words["line-good"] : this.#words[`line-${line.grade}-${line.whose}`];
    const step = this.#media.video && STEPS[line.step].name;
    const done = stillness ? this.#words["still-chosen"] : this.#words[`line-step-${step}`];
    document.documentElement.dataset.lineGrade = known ? line.grade : "";
    document.documentElement.dataset.lineStep = STEPS[line.step].name;
    this.#say("line-words", known ? [grade, done].filter(Boolean).join(" ") : "");
    find("still").setAttribute("aria-pressed", stillness);
    this.#say("still-word", this.#words[stillness ? "still-off" : "still-on"]);
  }

  announce(text) {
    this.#say("announced", text);
  }

  get #stopped() {
    return ["replaced", "finished", "closed", "signed-out"].includes(this.#call.state);
  }

  #who() {
    if (this.#call.state === "elsewhere") return this.#words.elsewhere;
    return this.#words[`here-${this.#call.other?.place ?? "away"}`];
  }

  #status() {
    const { state, other, words } = this.#call;
    if (state === "closed") return words ?? this.#words.closed;
    if (state === "connected" && this.#call.stillness) return this.#words[other?.sound ? "still" : "no-media"];
    if (state === "connected" && !other?.picture) return this.#words[other?.sound ? "no-picture" : "no-media"];
    if (state === "alone" && other?.place === "waiting") return this.#words["alone-waiting"];
    return this.#words[state] ?? "";
  }

  // A region is read out when its text changes, so the same text is not written twice.
  #say(id, text) {
    const region = find(id);
    if (region.textContent !== text) region.textContent = text;
  }

  #self() {
    const { video } = this.#media;
    for (const picture of document.querySelectorAll(".call-self")) {
      if (picture.srcObject?.getVideoTracks()[0] !== video) picture.srcObject = video ? new MediaStream([video]) : null;
      picture.hidden = !video;
    }
    find("no-preview").hidden = Boolean(video);
  }

  #buttons() {
    const { audio, muted, video } = this.#media;
    this.#button("mute", audio ? (muted ? "unmute" : "mute") : "microphone-on", muted || !audio);
    this.#button("darken", video ? "darken" : "lighten", !video);
  }

  #button(id, word, off) {
    const button = find(id);
    button.dataset.off = off;
    this.#say(`${id}-word`, this.#words[word]);
  }
}
