// Others who were asked into the visit. The clinician lets them in or takes them out, the patient hears what became of it;
// the list is the server's, and read again whenever it has changed.

const find = (id) => document.getElementById(id);
const ENDED = ["refused", "removed", "expired"];

export class Guests {
  #link;
  #call;
  #view;
  #words;
  #list = null;
  #asked = null;
  #removing = null;

  constructor({ link, call, view, words }) {
    this.#link = link;
    this.#call = call;
    this.#view = view;
    this.#words = words;
    link.addEventListener("guests", () => this.#step("see"));
    link.addEventListener("open", () => this.#step("see"));
    call.addEventListener("change", () => this.#show());
    // The door is the clinician's alone.
    find("let-in")?.addEventListener("click", () => this.#answer("approve"));
    find("not-now")?.addEventListener("click", () => this.#answer("refuse"));
    find("others").addEventListener("click", ({ target }) => this.#ask(target.closest(".tile-remove")));
    find("remove-yes")?.addEventListener("click", () => this.#remove());
  }

  async #step(step, guest = "") {
    const { guests, sentence } = await this.#link.guests(step, guest);
    if (!guests) return step !== "see" && this.#view.news(sentence ?? this.#words["guest-trouble"]);
    const before = new Map(this.#list?.map(({ id, state }) => [id, state]));
    const turned = this.#list ? guests.filter(({ id, state }) => before.get(id) !== state) : [];
    this.#list = guests;
    for (const one of turned) this.#tell(one);
    return this.#show();
  }

  #tell({ name, state }) {
    const words = this.#words[`guest-${state}`];
    if (words) this.#view.news(words.replace("{name}", name));
  }

  // Whoever pressed a button that goes away stands in the call again.
  async #answer(step) {
    const { id } = this.#asked;
    find("call-status").focus({ preventScroll: true });
    await this.#step(step, id);
  }

  #show() {
    this.#asked = this.#list?.find(({ state }) => state === "asked") ?? null;
    const door = find("door");
    if (door) door.hidden = !this.#asked || !this.#call.joined;
    if (door && this.#asked) this.#say("door-words", this.#words["guest-door"].replace("{name}", this.#asked.name));
    for (const tile of find("others").children) this.#offer(tile);
  }

  #offer(tile) {
    const one = this.#of(tile.dataset.seat);
    const button = tile.querySelector(".tile-remove");
    if (!button) return;
    button.hidden = !one;
    if (one) say(button.querySelector(".tile-whom"), one.name);
  }

  #of(seat) {
    return this.#list?.find((one) => one.seat === Number(seat) && !ENDED.includes(one.state)) ?? null;
  }

  // What cannot be taken back is asked once more.
  #ask(button) {
    this.#removing = button && this.#of(button.closest("figure").dataset.seat);
    if (!this.#removing) return;
    this.#say("remove-question-heading", this.#words["guest-question"].replace("{name}", this.#removing.name));
    find("remove-question").showModal();
  }

  #remove() {
    find("remove-question").close();
    find("call-status").focus({ preventScroll: true });
    this.#step("remove", this.#removing.id);
  }

  #say(id, text) {
    say(find(id), text);
  }
}

function say(region, text) {
  if (region.textContent !== text) region.textContent = text;
}
