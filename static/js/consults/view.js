// Shows the call: words for every state, the pictures, and buttons that say what they will do.

import { STEPS } from "./line.js";
import { Tiles } from "./tiles.js";

const find = (id) => document.getElementById(id);
// Who came and went is news for so long.
const NEWS = 12_000;

export class View {
  #call;
  #media;
  #words;
  #fresh = 0;

  constructor({ call, media, words }) {
    this.#call = call;
    this.#media = media;
    this.#words = words;
    this.tiles = new Tiles({ call, words });
    call.addEventListener("change", () => this.show());
    call.watch.addEventListener("change", () => this.show());
    call.addEventListener("news", ({ detail }) => this.#told(detail));
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
    // A guest whose part is over finds nothing here a second time.
    const out = state === "signed-out";
    find("here-instead").hidden = out;
    find("sign-in-again").hidden = !out || this.#call.company.guest;
    find("link-lost").hidden = joined || state !== "none" || this.#call.up;
    this.#say("who", this.#who());
    this.#say("call-status", joined ? [this.#status(), this.#unheard()].filter(Boolean).join(" ") : "");
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
    this.#say("lock-help", this.#of(`lock-${joinedWords}`));
  }

  // Good, fair or poor, whose line it is, and what was done about it.
  #line() {
    const { line, state, stillness } = this.#call;
    const known = state === "connected" && line.grade !== "unknown";
    const grade = line.grade === "good" ? this.#words["line-good"] : this.#of(`line-${line.grade}-${line.whose}`);
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

  // Said in the call, and gone after a while.
  news(text) {
    this.#say("call-news", text);
    this.#fresh += 1;
    const fresh = this.#fresh;
    setTimeout(() => fresh === this.#fresh && this.#say("call-news", ""), NEWS);
  }

  // Of patient and clinician their page has words already.
  #told(people) {
    const said = people.filter(({ seat }) => this.#call.company.many || seat !== this.#call.company.meets);
    const words = said.map(({ news, name }) => this.#words[`news-${news}`].replace("{name}", name));
    if (words.length) this.news(words.join(" "));
  }

  // Where more than two are in the call, some sentences are others.
  #of(key) {
    return (this.#call.company.many && this.#words[`${key}-many`]) || this.#words[key] || "";
  }

  get #stopped() {
    return ["replaced", "finished", "closed", "signed-out"].includes(this.#call.state);
  }

  #who() {
    const { state, company } = this.#call;
    if (state === "elsewhere") return this.#words.elsewhere;
    const rest = company.list.filter(({ seat }) => seat !== company.meets);
    const also = rest.map(({ place, name }) => this.#words[`also-${place}`].replace("{name}", name));
    return [this.#words[`here-${company.other?.place ?? "away"}`], ...also].join(" ");
  }

  #status() {
    const { state, other, words, company, watch } = this.#call;
    if (state === "closed") return words ?? this.#words.closed;
    if (state === "connected" && watch.frozen && other?.picture) return this.#words[watch.frozen];
    if (company.many && state === "connected") return this.#words.several.replace("{names}", this.#names(company.talking));
    if (company.many && state === "lost") return this.#words["news-lost"].replace("{name}", company.taking[0].name);
    if (state === "connected" && this.#call.stillness) return this.#words[other?.sound ? "still" : "no-media"];
    if (state === "connected" && !other?.picture) return this.#words[other?.sound ? "no-picture" : "no-media"];
    if (state === "alone" && other?.place === "waiting") return this.#words["alone-waiting"];
    // A browser that has a line is not told that its line is at fault.
    if (state === "offline" && navigator.onLine) return this.#words.unreached;
    return this.#of(state);
  }

  // Whoever sends no sound may not know it: their own page looks like everybody's.
  #unheard() {
    const { audio } = this.#media;
    return this.#call.state === "connected" && !audio ? this.#words.unheard : "";
  }

  #names(people) {
    const names = people.map(({ name }) => name);
    return names.reduce((all, name, at) => all.replace(`{${at}}`, name), this.#words[`names-${names.length}`] ?? "");
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
