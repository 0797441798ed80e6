// The choice of camera, microphone and speaker, and what to do when one of them is missing.

const KINDS = { audioinput: "audio", videoinput: "video", audiooutput: "speaker" };

export class Devices {
  #media;
  #words;
  #tiles;
  #selects = {};

  // `tiles` are what speaks through the chosen speaker.
  constructor({ media, words, tiles }) {
    this.#media = media;
    this.#words = words;
    this.#tiles = tiles;
    for (const kind of ["audio", "video", "speaker"]) {
      const select = document.getElementById(`choose-${kind}`);
      select.addEventListener("change", () => this.#choose(kind, select.value));
      this.#selects[kind] = select;
    }
    media.addEventListener("change", () => this.show());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.show());
  }

  async show() {
    const found = await this.#media.devices();
    for (const [kind, name] of Object.entries(KINDS)) this.#list(name, found.filter((one) => one.kind === kind));
    this.#help();
  }

  #list(name, found) {
    const select = this.#selects[name];
    // Before permission browsers list devices without names, which help nobody to choose.
    const named = found.filter(({ label }) => label);
    const useful = name !== "speaker" || "setSinkId" in HTMLMediaElement.prototype;
    select.closest(".field").hidden = !named.length || !useful;
    const key = named.map(({ deviceId, label }) => deviceId + label).join();
    if (select.dataset.key === key) return;
    select.dataset.key = key;
    const before = select.value || this.#media[name]?.getSettings().deviceId;
    select.replaceChildren(...named.map(({ deviceId, label }) => option(label, deviceId, deviceId === before)));
  }

  #choose(kind, deviceId) {
    if (kind === "speaker") this.#tiles.through(deviceId);
    else this.#media.choose(kind, deviceId);
  }

  #help() {
    const { audio, video } = this.#media.problems;
    const box = document.getElementById("device-help");
    if (!box) return;
    const said = [video && this.#words[`camera-${video}`], audio && this.#words[`microphone-${audio}`]].filter(Boolean);
    if (video && !audio) said.push(this.#words["sound-is-enough"]);
    if (video && audio) said.push(this.#words["watch-is-enough"]);
    box.parentElement.hidden = !said.length;
    const lines = said.map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    });
    if (box.textContent !== said.join("")) box.replaceChildren(...lines);
  }
}

function option(label, value, selected) {
  const made = document.createElement("option");
  Object.assign(made, { textContent: label, value, selected });
  return made;
}
