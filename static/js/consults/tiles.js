// The pictures of the others, each with a name. Whoever takes part has a place of their own, in the order of the seats, and
// keeps it: nobody has to look for a face.

const find = (id) => document.getElementById(id);

export class Tiles {
  #call;
  #words;
  #tiles = new Map();
  #silent = false;
  #speaker = "";

  constructor({ call, words }) {
    this.#call = call;
    this.#words = words;
    this.#tiles.set(call.company.meets, find("remote").closest("figure"));
    call.addEventListener("track", () => this.#play());
    find("sound").addEventListener("click", () => this.#loud());
  }

  show() {
    const { company, joined } = this.#call;
    const people = joined && company.many ? company.taking : [];
    const seen = people.length ? people : [company.other ?? { seat: company.meets }];
    for (const seat of this.#tiles.keys()) if (!seen.some((one) => one.seat === seat)) this.#leave(seat);
    for (const one of seen) this.#show(one, people.length > 0);
    find("others").dataset.count = seen.length;
    find("others").dataset.shown = seen.some(({ seat }) => !video(this.#tiles.get(seat)).classList.contains("veiled"));
    this.#play();
  }

  // Sound comes out here from now on.
  through(deviceId) {
    this.#speaker = deviceId;
    for (const tile of this.#tiles.values()) video(tile).setSinkId(deviceId).catch(() => {});
  }

  #show(one, many) {
    const { state, stillness } = this.#call;
    const tile = this.#tiles.get(one.seat) ?? this.#enter(one);
    const there = state === "connected" && (!many || this.#call.present(one));
    tile.hidden = false;
    video(tile).classList.toggle("veiled", !there || !one.picture || stillness);
    tile.querySelector(".tile-muted").hidden = !there || Boolean(one.sound);
    if (there) tile.dataset.met = "yes";
    say(tile.querySelector(".tile-words"), many ? this.#wordsOf(one, there, tile.dataset.met) : "");
  }

  #wordsOf({ picture }, there, met) {
    if (!there) return this.#words[met ? "tile-back" : "tile-coming"];
    if (this.#call.stillness) return this.#words["still-on"];
    return picture ? "" : this.#words["tile-dark"];
  }

  // In its place among the others: a picture that is there already is not moved, for it would stop for a moment.
  #enter({ seat, name }) {
    const tile = find("tile").content.cloneNode(true).querySelector("figure");
    tile.dataset.seat = seat;
    tile.querySelector(".tile-name").textContent = name;
    video(tile).ariaLabel = this.#words["picture-of"].replace("{name}", name);
    video(tile).muted = this.#silent;
    if (this.#speaker) video(tile).setSinkId(this.#speaker).catch(() => {});
    const next = [...find("others").children].find((one) => Number(one.dataset.seat) > seat);
    find("others").insertBefore(tile, next ?? null);
    this.#tiles.set(seat, tile);
    return tile;
  }

  #leave(seat) {
    const tile = this.#tiles.get(seat);
    delete tile.dataset.met;
    if (seat === this.#call.company.meets) {
      tile.hidden = true;
      return;
    }
    video(tile).srcObject = null;
    tile.remove();
    this.#tiles.delete(seat);
  }

  #play() {
    for (const [seat, tile] of this.#tiles) {
      const stream = this.#call.paths.of(seat);
      if (stream && video(tile).srcObject !== stream) this.#begin(video(tile), stream);
    }
  }

  #begin(picture, stream) {
    picture.srcObject = stream;
    picture.requestVideoFrameCallback?.(() => this.#call.frame());
    // Some browsers let no sound start without a touch; then picture first, and a button.
    picture.play().catch((error) => error.name === "NotAllowedError" && this.#hush(picture));
  }

  #hush(picture) {
    this.#silent = true;
    find("sound").hidden = false;
    picture.muted = true;
    picture.play().catch(() => {});
  }

  #loud() {
    this.#silent = false;
    find("sound").hidden = true;
    for (const tile of this.#tiles.values()) video(tile).muted = false;
  }
}

function video(tile) {
  return tile.querySelector("video");
}

function say(region, text) {
  region.hidden = !text;
  if (region.textContent !== text) region.textContent = text;
}
