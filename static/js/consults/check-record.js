// Three seconds of oneself, taken and played back on this page: nothing of it leaves the page, and nothing stays.

const SECONDS = 3;
const TICK = 1000;

export class Recording {
  #button;
  #player;
  #say;
  #tracks;
  #words;
  #address = "";

  // `tracks()` answers what is recorded, `say` shows a sentence.
  constructor({ button, player, tracks, say, words }) {
    this.#button = button;
    this.#player = player;
    this.#tracks = tracks;
    this.#say = say;
    this.#words = words;
    button.addEventListener("click", () => this.#take());
    player.addEventListener("ended", () => say(words["record-played"]));
    window.addEventListener("pagehide", () => this.forget());
  }

  static get possible() {
    return "MediaRecorder" in window;
  }

  forget() {
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = "";
    this.#player.removeAttribute("src");
    this.#player.hidden = true;
  }

  async #take() {
    const tracks = this.#tracks();
    if (!tracks.length) return this.#say(this.#words["record-nothing"]);
    this.#button.setAttribute("aria-disabled", "true");
    if (this.#button.dataset.busy) return;
    this.#button.dataset.busy = "yes";
    this.forget();
    try {
      this.#play(await this.#record(new MediaStream(tracks)), tracks);
    } catch {
      this.#say(this.#words["record-failed"]);
    } finally {
      delete this.#button.dataset.busy;
      this.#button.removeAttribute("aria-disabled");
    }
  }

  async #record(stream) {
    const recorder = new window.MediaRecorder(stream);
    const parts = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    const ended = new Promise((done, fail) => {
      recorder.addEventListener("stop", done);
      recorder.addEventListener("error", fail);
    });
    recorder.start();
    this.#say(this.#words["record-speak"]);
    await new Promise((done) => setTimeout(done, SECONDS * TICK));
    recorder.stop();
    await ended;
    return new Blob(parts, { type: recorder.mimeType });
  }

  #play(blob, tracks) {
    this.#address = URL.createObjectURL(blob);
    this.#player.src = this.#address;
    this.#player.hidden = false;
    this.#player.classList.toggle("sound-only", !tracks.some(({ kind }) => kind === "video"));
    this.#say(this.#words["record-playing"]);
    this.#player.play().catch(() => this.#say(this.#words["record-press"]));
  }
}
