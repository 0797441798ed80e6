// One connection between two pages, named by both. When either page changes, this one is closed and another made.
// At the beginning either side offers, and when both do the polite one gives way; from then on it only asks the other to
// offer. So no offer is ever taken back: Chromium then decodes what comes without the transform that opens it.

const KINDS = ["audio", "video"];
// Routes found this soon travel inside the description: one message in place of ten.
const SOON = 25;
// Two offers that were made within this time cross on their way; after it, ours has been lost.
const CROSSING = 300;
const OPUS = /^a=rtpmap:(\d+) opus\/48000\/2\r?$/im;
// One kind of picture, of which the worker knows the head; others only help to mend it.
const PICTURES = ["video/VP8", "video/rtx", "video/red", "video/ulpfec"];

export class Peer extends EventTarget {
  // When a description of the other's last came: what was agreed on takes its time.
  stirred = -Infinity;
  #pc;
  #ice;
  #servers;
  #polite;
  #send;
  #tracks;
  #guard;
  #offered = false;
  #making = false;
  #deaf = false;
  #told = false;
  // Our last offer: which, since when it is out, and whether for new routes. And which of theirs we answer.
  #number = 0;
  #asked = 0;
  #routes = false;
  #answers;
  #early = [];
  #turn = Promise.resolve();
  #repeats = false;
  #still;

  // `servers()` answers the TURN servers as they are now, with credentials that have not expired.
  constructor({ from, to, polite, iceServers, servers, tracks, send, guard, still = false }) {
    super();
    Object.assign(this, { from, to });
    this.#guard = (transceiver) => guard(transceiver, { of: to });
    this.#ice = iceServers;
    this.#servers = servers;
    this.#polite = polite;
    this.#send = send;
    this.#tracks = tracks;
    this.#still = still;
    this.#begin();
  }

  get pc() {
    return this.#pc;
  }

  // Nothing of ours has reached the other side, and nothing of theirs has come.
  get fresh() {
    return !this.#offered && !this.#pc.remoteDescription;
  }

  #begin() {
    this.#pc?.close();
    this.remote = new MediaStream();
    const pc = new RTCPeerConnection({ iceServers: this.#ice, bundlePolicy: "max-bundle", iceCandidatePoolSize: 1 });
    pc.addEventListener("track", ({ track, transceiver }) => {
      this.#guard(transceiver);
      this.remote.addTrack(track);
      track.addEventListener("unmute", () => this.#tell("arrived"));
      this.#tell("track");
    });
    pc.addEventListener("icecandidate", ({ candidate }) => candidate && this.#told && this.#send("candidate", candidate));
    pc.addEventListener("connectionstatechange", () => this.#tell("state"));
    pc.addEventListener("iceconnectionstatechange", () => this.#tell("state"));
    this.#pc = pc;
  }

  async offer() {
    const pc = this.#pc;
    this.#making = true;
    try {
      if (!pc.getTransceivers().length) this.#arrange(pc);
      await this.#describe(pc);
    } catch (error) {
      this.#tell("trouble", error);
    } finally {
      this.#making = false;
    }
  }

  // New routes for the same connection: keys and pictures stay.
  async restart() {
    const pc = this.#pc;
    if (!pc.remoteDescription) return;
    await this.#supply(pc);
    if (pc !== this.#pc || pc.signalingState === "closed") return;
    this.#routes = !this.#polite;
    if (this.#routes) pc.restartIce();
    this.#propose(true);
  }

  // Agree anew on what has changed: on our side, or, as a wish of the other's, on theirs.
  #propose(restart = false) {
    return this.#polite ? this.#send("wish", { restart }) : this.offer();
  }

  #wished({ restart }) {
    if (this.#polite || !this.#pc.remoteDescription) return;
    if (!restart) this.offer();
    else if (this.#routes) this.#remind();
    else this.restart();
  }

  // New routes are looked for with servers that let us in: what was known at the beginning lasts an hour.
  async #supply(pc) {
    const servers = (await this.#servers?.()) ?? this.#ice;
    if (JSON.stringify(servers) === JSON.stringify(this.#ice) || pc.signalingState === "closed") return;
    this.#ice = servers;
    pc.setConfiguration({ ...pc.getConfiguration(), iceServers: servers });
  }

  receive(kind, body) {
    const acts = { description: () => this.#described(body), wish: () => this.#wished(body), candidate: () => this.#candidate(body) };
    return this.#next(acts[kind] ?? (() => {}));
  }

  // Sound twice over, each packet with the one before: asked for by the side on which too much is lost.
  repeat() {
    const transceiver = this.#transceiver("audio");
    if (this.#repeats || !transceiver?.setCodecPreferences || this.#pc.signalingState !== "stable") return;
    const known = RTCRtpReceiver.getCapabilities("audio").codecs;
    const twice = known.filter(({ mimeType }) => mimeType === "audio/red");
    if (!twice.length) return;
    this.#repeats = true;
    transceiver.setCodecPreferences([...twice, ...known.filter(({ mimeType }) => mimeType !== "audio/red")]);
    this.#propose();
  }

  // Whether the other side asked for our sound twice over.
  get twice() {
    const [, first] = /^m=audio \d+ \S+ (\d+)/m.exec(this.#pc.remoteDescription?.sdp ?? "") ?? [];
    return new RegExp(`^a=rtpmap:${first} red/`, "m").test(this.#pc.remoteDescription?.sdp ?? "");
  }

  // Sound alone both ways: the other's browser stops sending pictures too.
  still(on) {
    if (on === this.#still) return;
    this.#still = on;
    if (!this.#pc.remoteDescription) return;
    this.#transceiver("video").direction = on ? "inactive" : "sendrecv";
    this.#propose();
  }

  shape(step) {
    return shaped(this.#transceiver("video")?.sender, step);
  }

  replace(kind, track) {
    const sender = this.#transceiver(kind)?.sender;
    return sender ? sender.replaceTrack(track).catch(() => {}) : Promise.resolve();
  }

  async stats() {
    return [...(await this.#pc.getStats()).values()];
  }

  close() {
    this.#pc.close();
  }

  async #described(description) {
    this.stirred = performance.now();
    const collision = description.type === "offer" && (this.#making || this.#pc.signalingState !== "stable");
    this.#deaf = collision && !this.#polite && this.#offered;
    if (this.#deaf) return this.#remind();
    // An answer to an older offer fits the present one no more.
    const { type, turn = this.#number } = description;
    if (type === "answer" && (this.#pc.signalingState !== "have-local-offer" || turn !== this.#number)) return;
    // Before the first answer nothing is worth keeping.
    if (collision && !this.#pc.remoteDescription) this.#begin();
    const pc = this.#pc;
    if (type === "offer") await this.#supply(pc);
    await pc.setRemoteDescription({ type, sdp: description.sdp });
    if (type === "answer") this.#routes = false;
    else this.#answers = turn;
    for (const candidate of this.#early.splice(0)) await this.#candidate(candidate);
    if (type !== "offer") return;
    this.#accept(pc);
    await this.#describe(pc);
  }

  // Ours stands, and they have not heard of it: on a line that was gone for a while it got lost.
  #remind() {
    const { signalingState, localDescription } = this.#pc;
    if (signalingState !== "have-local-offer" || performance.now() - this.#asked < CROSSING) return;
    this.#asked = performance.now();
    this.#send("description", { type: "offer", sdp: localDescription.sdp, turn: this.#number });
  }

  async #candidate(candidate) {
    if (!this.#pc.remoteDescription) {
      this.#early.push(candidate);
      return;
    }
    // One of an offer that was not taken, or of a route already left.
    await this.#pc.addIceCandidate(candidate).catch(() => {});
  }

  #arrange(pc) {
    for (const kind of KINDS) {
      const how = { direction: this.#direction(kind), streams: [this.remote] };
      const transceiver = pc.addTransceiver(this.#tracks()[kind] ?? kind, how);
      this.#guard(transceiver);
      prefer(transceiver);
    }
  }

  #accept(pc) {
    for (const transceiver of pc.getTransceivers()) {
      const kind = transceiver.receiver.track.kind;
      transceiver.direction = this.#direction(kind);
      if (!this.#repeats) prefer(transceiver);
      const track = this.#tracks()[kind] ?? null;
      if (transceiver.sender.track !== track) transceiver.sender.replaceTrack(track).catch(() => {});
    }
  }

  #direction(kind) {
    return kind === "video" && this.#still ? "inactive" : "sendrecv";
  }

  #transceiver(kind) {
    return this.#pc.getTransceivers().find((one) => one.receiver.track.kind === kind);
  }

  // Resolves when the description is on its way, not when it has arrived.
  async #describe(pc) {
    this.#told = false;
    await describe(pc);
    await gathered(pc);
    if (pc !== this.#pc || pc.signalingState === "closed") return;
    const { type, sdp } = pc.localDescription;
    this.#told = this.#offered = true;
    this.#asked = performance.now();
    if (type === "offer") this.#number += 1;
    this.#send("description", { type, sdp, turn: type === "offer" ? this.#number : this.#answers }).then((arrived) => {
      if (pc === this.#pc && !arrived) this.#offered = false;
    });
  }

  // Descriptions and candidates take effect in the order in which they came.
  #next(act) {
    this.#turn = this.#turn.then(act).catch((error) => this.#tell("trouble", error));
    return this.#turn;
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

// Lost sound is asked for again, which browsers can and do not offer by themselves.
async function describe(pc) {
  const answers = pc.signalingState === "have-remote-offer";
  const { type, sdp } = answers ? await pc.createAnswer() : await pc.createOffer();
  const [, opus] = OPUS.exec(sdp) ?? [];
  const asking = `a=rtcp-fb:${opus} nack`;
  if (!opus || sdp.includes(asking)) return pc.setLocalDescription();
  const mended = sdp.replace(OPUS, (line) => `${line.trimEnd()}\r\n${asking}\r`);
  return pc.setLocalDescription({ type, sdp: mended }).catch(() => pc.setLocalDescription());
}

function prefer(transceiver) {
  if (transceiver.receiver.track.kind !== "video" || !transceiver.setCodecPreferences) return;
  const known = RTCRtpReceiver.getCapabilities("video").codecs.filter(({ mimeType }) => PICTURES.includes(mimeType));
  if (known.some(({ mimeType }) => mimeType === PICTURES[0])) transceiver.setCodecPreferences(known);
}

// What a sender of pictures may take of the line.
export async function shaped(sender, { rate, active }) {
  const said = sender?.getParameters();
  const one = said?.encodings?.[0];
  if (!one) return;
  if ((one.maxFramerate ?? 30) === rate && one.active === active) return;
  Object.assign(one, { maxFramerate: rate, active });
  await sender.setParameters(said).catch(() => {});
}

function gathered(pc) {
  if (pc.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((done) => {
    pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && done());
    setTimeout(done, SOON);
  });
}
