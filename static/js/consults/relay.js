// The connection with the media node. The node offers and this page answers: what it sends is named "a" and "v", and
// what comes of each other person is named by their place: "a2", "v2". So nothing is renegotiated when people come or go.

const SLOT = /^([av])([0-3])$/;
// The server was not reached: that says nothing of the node.
const UNHEARD = ["Offline", "Silence"];
const LAYERS = { small: "l", large: "h" };
// The small picture must fit beside two voices on a line of 200 kbit/s, with room to spare, or the node does not give it
// there at all.
const SMALL = { scaleResolutionDownBy: 4, maxBitrate: 36_000, maxFramerate: 10 };

export class Relay extends EventTarget {
  pc = null;
  relayed = true;
  place = null;
  refused = null;
  // Streams of the others, by their place.
  remotes = new Map();
  #link;
  #setup;
  #many = false;
  #step = null;
  #still = false;
  #closed = false;

  // `setup` holds tracks() and guard(transceiver, of).
  constructor(link, setup) {
    super();
    this.#link = link;
    this.#setup = setup;
  }

  get fresh() {
    return !this.pc?.remoteDescription;
  }

  get remote() {
    return [...this.remotes.values()][0] ?? null;
  }

  // Answers whether the node took us in; the reason why not is in `refused`.
  async join() {
    const said = await this.#link.relay("join");
    if (this.#closed) return false;
    if (!said.offer) {
      this.refused = said.refused ?? "Absent";
      this.#tell("refused");
      return false;
    }
    this.place = said.place;
    if (this.#still) this.#show();
    this.#begin(said.iceServers);
    await this.#answer(said.offer);
    return true;
  }

  #begin(iceServers) {
    const pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
    pc.addEventListener("track", ({ track, transceiver }) => this.#slot(track, transceiver));
    pc.addEventListener("connectionstatechange", () => this.#tell("state"));
    this.pc = pc;
  }

  #slot(track, transceiver) {
    const [, , place] = SLOT.exec(transceiver.mid) ?? [];
    if (place === undefined) return;
    this.#setup.guard(transceiver, { place: Number(place) });
    if (!this.remotes.has(Number(place))) this.remotes.set(Number(place), new MediaStream());
    this.remotes.get(Number(place)).addTrack(track);
    track.addEventListener("unmute", () => this.#tell("arrived", { place: Number(place), kind: track.kind }));
    this.#tell("track");
  }

  async #answer(sdp) {
    const { pc } = this;
    await pc.setRemoteDescription({ type: "offer", sdp });
    const tracks = this.#setup.tracks();
    const own = pc.getTransceivers().filter(({ mid }) => ["a", "v"].includes(mid));
    // All of them before anything is awaited: a stream that is guarded later leaves bare.
    for (const transceiver of own) this.#setup.guard(transceiver, {});
    for (const transceiver of own) {
      transceiver.direction = "sendonly";
      const track = tracks[transceiver.mid === "a" ? "audio" : "video"] ?? null;
      if (transceiver.sender.track !== track) await transceiver.sender.replaceTrack(track).catch(() => {});
    }
    if (this.#closed) return;
    await pc.setLocalDescription();
    await this.shape({ rate: 30, active: true });
    const said = await this.#link.relay("answer", { sdp: pc.localDescription.sdp });
    if (said.refused) this.refused = said.refused;
  }

  // New routes; keys and slots stay.
  async restart() {
    const said = await this.#link.relay("restart");
    if (said.iceServers && !this.#closed) this.pc.setConfiguration({ ...this.pc.getConfiguration(), iceServers: said.iceServers });
    if (said.offer && !this.#closed) await this.#answer(said.offer).catch(() => {});
    else if (said.refused && !UNHEARD.includes(said.refused)) this.#tell("lost");
  }

  replace(kind, track) {
    const mid = kind === "audio" ? "a" : "v";
    const sender = this.#transceiver(mid)?.sender;
    return sender ? sender.replaceTrack(track).catch(() => {}) : Promise.resolve();
  }

  // Sound alone: the node is told to send no pictures here.
  still(on) {
    if (on === this.#still) return;
    this.#still = on;
    if (this.place !== null) this.#show();
  }

  #show() {
    this.#link.relay("show", { pictures: !this.#still });
  }

  // With more than one other person a small picture travels too, for whoever's line carries no large one.
  people(number) {
    const many = number > 2;
    if (many === this.#many) return;
    this.#many = many;
    if (this.#step) this.shape(this.#step);
  }

  async shape(step) {
    this.#step = step;
    const { rate, active } = step;
    const sender = this.#transceiver("v")?.sender;
    const said = sender?.getParameters();
    if (!said?.encodings?.length) return;
    const before = JSON.stringify(said.encodings);
    for (const one of said.encodings) {
      const small = one.rid === LAYERS.small;
      Object.assign(one, { scaleResolutionDownBy: 1, maxFramerate: rate });
      if (small) Object.assign(one, SMALL, { maxFramerate: Math.min(rate, SMALL.maxFramerate) });
      one.active = active && (!small || this.#many);
    }
    if (JSON.stringify(said.encodings) !== before) await sender.setParameters(said).catch(() => {});
  }

  async stats() {
    return this.pc ? [...(await this.pc.getStats()).values()] : [];
  }

  leave() {
    this.close();
    this.#link.relay("leave");
  }

  close() {
    this.#closed = true;
    this.pc?.close();
  }

  #transceiver(mid) {
    return this.pc?.getTransceivers().find((one) => one.mid === mid);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
