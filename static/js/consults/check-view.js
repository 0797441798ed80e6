// Shows the check: where it stands, the verdict with its reasons, and one main button at a time.

const find = (id) => document.getElementById(id);
const DRAWN = { video: "camera", sound: "microphone", telephone: "phone" };

export class CheckView {
  #words;
  #verdict = find("verdict");

  constructor(words) {
    this.#words = words;
    find("check").hidden = false;
  }

  // "none", "asking", "running" or "done".
  stand(state) {
    document.documentElement.dataset.checkState = state;
    find("progress").hidden = state !== "running";
    find("parts").hidden = state === "none";
    find("start").hidden = state !== "none";
    find("again").hidden = state !== "done";
    this.#verdict.setAttribute("aria-busy", state === "asking" || state === "running");
    if (state !== "done") this.#tell({ word: state, why: [`${state}-why`], next: [] });
  }

  progress(part) {
    find("progress").value = part;
  }

  verdict(found) {
    this.#tell(found);
    this.stand("done");
  }

  // The figures behind the words, for whoever helps on the telephone.
  figures(line) {
    find("figures").hidden = !line;
    if (!line) return;
    this.#write("figure-wait", Math.round(1000 * line.wait));
    this.#write("figure-room", line.room === undefined ? "–" : Math.round(line.room / 1000));
    this.#write("figure-loss", line.loss === undefined ? "–" : Math.round(100 * line.loss));
    this.#write("figure-frames", line.frames === undefined ? "–" : Math.round(line.frames));
  }

  // Which picture is shown: what came back from the server, or what the camera sees. None is said too.
  seen(kind) {
    find("seen").hidden = kind === "none";
    find("no-picture").hidden = kind !== "none";
    this.#write("seen-words", this.#words[`seen-${kind}`]);
    find("listen-part").hidden = kind !== "back";
  }

  say(id, word) {
    this.#write(id, this.#words[word] ?? "");
  }

  #tell({ word, why, next }) {
    this.#verdict.dataset.verdict = word;
    this.#write("verdict-heading", this.#words[`verdict-${word}`]);
    lines(find("verdict-why"), "p", this.#sentences(why));
    lines(find("verdict-next"), "li", this.#sentences(next));
    find("next").hidden = !next.length;
    for (const [one, name] of Object.entries(DRAWN)) find(`drawn-${name}`).toggleAttribute("hidden", one !== word);
    this.#buttons(word);
  }

  // The one main button is what helps now.
  #buttons(word) {
    const [room, phone, again] = [find("room"), find("phone"), find("again")];
    if (phone) phone.hidden = word !== "telephone";
    if (room) room.hidden = !(word in DRAWN);
    const main = word === "telephone" ? (phone ?? again) : (room ?? again);
    for (const one of [room, phone, again].filter(Boolean)) {
      one.classList.toggle("main", one === main);
      one.classList.toggle("quiet", one !== main);
    }
  }

  #sentences(keys) {
    return keys.map((key) => this.#words[key]).filter(Boolean);
  }

  // A region is read out when its text changes, so the same text is not written twice.
  #write(id, text) {
    const region = find(id);
    if (region.textContent !== String(text)) region.textContent = text;
  }
}

function lines(box, kind, texts) {
  const made = texts.map((text) => {
    const line = document.createElement(kind);
    line.textContent = text;
    return line;
  });
  if (box.textContent !== texts.join("")) box.replaceChildren(...made);
}
