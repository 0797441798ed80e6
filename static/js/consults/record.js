// The recording of a visit, as one page sees it: the question and its answer, the red sign, and the way out. The call goes
// unsealed only while the server says that everybody agreed, and this page's own person is among them.

const find = (id) => document.getElementById(id);
// What was sealed a moment ago has left by then.
const SETTLED = 400;
// Asked for again: the server begins when every page has said that it is ready.
const AGAIN = 3000;
const OPEN = ["agreed", "running"];
const OVER = ["kept", "dropped"];

export class Recorder {
  #link;
  #call;
  #may;
  #told;
  #words = JSON.parse(find("record-words").textContent);
  #asks = false;
  #last = "";
  #recorded = false;
  #turned = Promise.resolve(true);

  constructor({ link, call, may, told }) {
    this.#link = link;
    this.#call = call;
    this.#may = may;
    this.#told = told;
    link.addEventListener("recording", ({ detail }) => this.#hear(detail));
    link.addEventListener("open", () => this.#step("see"));
    call.addEventListener("change", () => this.#show());
    find("record").addEventListener("click", () => this.#step("ask"));
    find("record-yes").addEventListener("click", () => this.#answer("agree"));
    find("record-no").addEventListener("click", () => this.#answer("refuse"));
    find("record-stop").addEventListener("click", () => this.#step("withdraw"));
    // A question of this weight is answered, not waved away.
    find("record-question").addEventListener("cancel", (event) => event.preventDefault());
    setInterval(() => this.#ready(), AGAIN);
    // How an earlier recording ended is no news to whoever opens the page afterwards.
    this.#told = told;
    this.#last = OVER.includes(told.state) ? this.#about() : "";
    this.#hear(told);
  }

  get #open() {
    return OPEN.includes(this.#told.state) && this.#told.mine === "agreed";
  }

  #answer(action) {
    find("record-question").close();
    this.#step(action);
  }

  async #step(action) {
    const said = await this.#link.record(action, this.#told.id);
    if (said.state) return this.#hear(said);
    if (action !== "see") this.#say(said.sentence ?? this.#words.trouble);
    return this.#show();
  }

  async #hear(told) {
    this.#told = told;
    this.#show();
    const running = told.state === "running";
    if (await this.#openFor(this.#open, running)) this.#ready();
  }

  // While a recording to which everybody agreed is made, all of the call goes through our server, and unsealed. Afterwards
  // one of the pages connects anew, which gives everybody new keys. Answers whether it is so now.
  async #openFor(recorded, running) {
    if (recorded === this.#recorded) return this.#turned;
    this.#recorded = recorded;
    this.#turned = this.#turn(recorded, running);
    return this.#turned;
  }

  async #turn(recorded, running) {
    const { seal, paths } = this.#call;
    // Back to the lock at once; open only when nothing goes another way, or in the middle of it, after a reload.
    if (!recorded || running) seal.bare(recorded);
    await paths.through(recorded);
    if (recorded !== this.#recorded) return false;
    seal.bare(recorded);
    if (!recorded && this.#call.joined && this.#may) this.#call.renew();
    return true;
  }

  async #ready() {
    const { state, id } = this.#told;
    if (state !== "agreed" || !this.#open || !this.#call.joined || this.#asks) return;
    this.#asks = true;
    await this.#openFor(true);
    await new Promise((done) => setTimeout(done, SETTLED));
    if (this.#told.id === id && this.#open) await this.#step("ready");
    this.#asks = false;
  }

  #show() {
    const { state, mine } = this.#told;
    const { joined } = this.#call;
    const open = OPEN.includes(state);
    document.documentElement.dataset.recording = state;
    find("recording-sign").hidden = !open;
    find("recording-word").textContent = open ? this.#words[`sign-${state}`] : "";
    const offered = this.#may && this.#told.offered;
    find("record").hidden = !offered || open || state === "asked" || !this.#call.other || this.#call.state !== "connected";
    find("record-stop").hidden = !open && !(state === "asked" && mine === "agreed");
    this.#ask(joined && state === "asked" && !mine);
    const about = this.#about();
    if (about !== this.#last) this.#say(this.#words[about] ?? "");
    this.#last = about;
  }

  #ask(now) {
    const question = find("record-question");
    if (!now) return question.close();
    if (question.open) return undefined;
    question.showModal();
    // Not a button: pressed by mistake, Enter says neither yes nor no.
    return find("record-heading").focus();
  }

  // Which sentence says how it stands.
  #about() {
    const { state, mine, why } = this.#told;
    if (state === "asked") return mine ? "waiting" : "asked";
    if (state === "dropped") return { unanswered: "unanswered", stopped: "cancelled", withdrawn: "withdrawn" }[why] ?? "not-begun";
    if (state === "kept") return why === "finished" ? "" : why;
    return state;
  }

  #say(words) {
    find("recording-words").textContent = words;
  }
}
