// What this page sends: a microphone, a camera, both or neither. Says in plain codes why one is missing.

const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const PICTURE = { width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 30 } };
const KINDS = ["audio", "video"];
const REASONS = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing" };

export class Media extends EventTarget {
  audio = null;
  video = null;
  muted = false;
  wants = { audio: true, video: true };
  opened = false;
  problems = { audio: null, video: null };
  #chosen = { audio: "", video: "" };

  get tracks() {
    return { audio: this.audio, video: this.video };
  }

  // What the other side is told that it gets.
  get sends() {
    return { sound: Boolean(this.audio) && !this.muted, picture: Boolean(this.video) };
  }

  // Asks for both at once, so that there is one question; where that fails, for each by itself.
  async open(wants = this.wants) {
    this.wants = wants;
    this.opened = true;
    for (const kind of KINDS) if (!wants[kind]) this.#drop(kind);
    const kinds = KINDS.filter((kind) => wants[kind] && !this[kind]);
    try {
      if (kinds.length) this.#take(await navigator.mediaDevices.getUserMedia(this.#wanted(kinds)));
    } catch (error) {
      if (kinds.length === 1) this.#refused(kinds[0], error);
      else await this.#each(kinds);
    }
    this.#changed();
  }

  // A camera that is not wanted is let go, so that its light goes out.
  want(kind, wanted) {
    return this.open({ ...this.wants, [kind]: wanted });
  }

  async choose(kind, deviceId) {
    this.#chosen[kind] = deviceId;
    this.#drop(kind);
    await this.open();
  }

  mute(muted) {
    this.muted = muted;
    if (this.audio) this.audio.enabled = !muted;
    this.#changed();
  }

  close() {
    this.#drop("audio");
    this.#drop("video");
    this.opened = false;
    this.#changed();
  }

  async devices() {
    return (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  }

  // Whether the browser will hand both over without asking.
  async allowed() {
    try {
      const names = ["camera", "microphone"];
      const found = await Promise.all(names.map((name) => navigator.permissions.query({ name })));
      return found.every(({ state }) => state === "granted");
    } catch {
      return false;
    }
  }

  async #each(kinds) {
    for (const kind of kinds) {
      try {
        this.#take(await navigator.mediaDevices.getUserMedia(this.#wanted([kind])));
      } catch (error) {
        this.#refused(kind, error);
      }
    }
  }

  #wanted(kinds) {
    const one = (kind, base) => kinds.includes(kind) && { ...base, ...(this.#chosen[kind] && { deviceId: { ideal: this.#chosen[kind] } }) };
    return { audio: one("audio", SOUND), video: one("video", PICTURE) };
  }

  #take(stream) {
    for (const track of stream.getTracks()) {
      this.#drop(track.kind);
      this[track.kind] = track;
      this.problems[track.kind] = null;
      if (track.kind === "audio") track.enabled = !this.muted;
      track.addEventListener("ended", () => this[track.kind] === track && this.#lost(track.kind));
    }
  }

  #refused(kind, error) {
    this.problems[kind] = REASONS[error.name] ?? "busy";
  }

  #lost(kind) {
    this[kind] = null;
    this.problems[kind] = "missing";
    this.#changed();
  }

  #drop(kind) {
    this[kind]?.stop();
    this[kind] = null;
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}
