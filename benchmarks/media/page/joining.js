// Three ways from a click to the other's picture. Whoever waits is in the call already; the click is timed.

const post = async (path, said) => {
  const answered = await fetch(path, { method: "POST", body: JSON.stringify(said) });
  return answered.json();
};
const asked = new URLSearchParams(location.search);
const [way, room, place] = ["way", "room", "place"].map((name) => asked.get(name));

const node = {
  ready: async () => {},
  start: async () => {
    const { leg, offer: sdp } = await post("/node/join", { room, place: Number(place) });
    await post("/node/answer", { leg, sdp: await answer(sdp) });
  },
};

const direct = {
  ready: () =>
    new Promise((done) => {
      direct.socket = new WebSocket(`ws://${location.host}/relay?room=${room}`);
      direct.socket.onopen = done;
      let heard = Promise.resolve();
      direct.socket.onmessage = ({ data }) => (heard = heard.then(() => direct.hear(JSON.parse(data))));
    }),
  say: (message) => direct.socket.send(JSON.stringify(message)),
  open: () => {
    open().onicecandidate = ({ candidate }) => candidate && direct.say({ candidate });
    for (const track of stream.getTracks()) pc.addTrack(track, stream);
  },
  hear: async ({ description, candidate }) => {
    if (candidate) return pc.addIceCandidate(candidate);
    if (description.type === "offer") direct.open();
    await pc.setRemoteDescription(description);
    if (description.type !== "offer") return undefined;
    await pc.setLocalDescription();
    return direct.say({ description: pc.localDescription });
  },
  // The one who waits in a direct call has nobody to call yet.
  wait: async () => {},
  start: async () => {
    direct.open();
    await pc.setLocalDescription();
    direct.say({ description: pc.localDescription });
  },
};

// The room of Janus: one connection to send, another to receive, over its HTTP interface.
const janus = {
  handlers: new Map(),
  ask: (path, said) => post(`/janus${path}`, { ...said, transaction: crypto.randomUUID() }),
  ready: async () => {
    janus.session = (await janus.ask("", { janus: "create" })).data.id;
    janus.poll();
    janus.publisher = await janus.attach(janus.published);
    janus.subscriber = await janus.attach(janus.offered);
  },
  poll: async () => {
    for (;;) {
      const events = await (await fetch(`/janus/${janus.session}?maxev=10`)).json();
      for (const event of events) janus.handlers.get(event.sender)?.(event.plugindata?.data, event.jsep);
    }
  },
  attach: async (handler) => {
    const said = { janus: "attach", plugin: "janus.plugin.videoroom" };
    const { id } = (await janus.ask(`/${janus.session}`, said)).data;
    janus.handlers.set(id, handler);
    return id;
  },
  message: (handle, body, jsep) =>
    janus.ask(`/${janus.session}/${handle}`, { janus: "message", body, ...(jsep && { jsep }) }),
  trickle: (handle, connection) => {
    connection.onicecandidate = ({ candidate }) =>
      janus.ask(`/${janus.session}/${handle}`, { janus: "trickle", candidate: candidate ?? { completed: true } });
  },
  start: async () => {
    await janus.message(janus.publisher, { request: "join", ptype: "publisher", room: Number(room) });
  },
  published: async (data, jsep) => {
    if (jsep) await janus.sending.setRemoteDescription(jsep);
    if (data?.videoroom !== "joined") return;
    // Both at once: to send, and to receive whoever is there.
    if (data.publishers.length) janus.subscribe(data.publishers[0].id);
    janus.sending = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    janus.trickle(janus.publisher, janus.sending);
    for (const track of stream.getTracks()) janus.sending.addTrack(track, stream);
    await janus.sending.setLocalDescription();
    await janus.message(janus.publisher, { request: "publish" }, janus.sending.localDescription);
  },
  subscribe: (feed) => {
    const said = { request: "join", ptype: "subscriber", room: Number(room), streams: [{ feed }] };
    return janus.message(janus.subscriber, said);
  },
  offered: async (data, jsep) => {
    if (jsep?.type !== "offer") return;
    janus.trickle(janus.subscriber, open());
    await pc.setRemoteDescription(jsep);
    await pc.setLocalDescription();
    await janus.message(janus.subscriber, { request: "start" }, pc.localDescription);
  },
};

if (way) {
  const chosen = { node, direct, janus }[way];
  const first = () => Math.min(...Object.values(frames).flatMap((shown) => shown.slice(0, 1)));
  window.wait = chosen.wait ?? chosen.start;
  window.first = first;
  document.querySelector("#join").addEventListener("click", () => {
    window.clicked = now();
    chosen.start();
  });
  camera()
    .then(chosen.ready)
    .then(() => (document.documentElement.dataset.ready = "yes"));
}
