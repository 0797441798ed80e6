// A bare call: a camera, a connection, and the moments at which pictures are shown. No product's code is in it, so that
// the node, Janus and a direct connection meet the same page.

let pc;
let stream;
// When each picture was shown, by the section it came in; milliseconds since 1970.
const frames = {};
const now = () => performance.timeOrigin + performance.now();

const camera = async () => {
  const video = { width: { exact: 640 }, height: { exact: 480 }, frameRate: { ideal: 30 } };
  stream = await navigator.mediaDevices.getUserMedia({ audio: true, video });
};

const show = ({ track, transceiver }) => {
  const place = document.createElement(track.kind);
  place.autoplay = place.muted = true;
  place.srcObject = new MediaStream([track]);
  document.body.append(place);
  if (track.kind !== "video") return;
  const shown = (frames[transceiver.mid] = []);
  const note = () => {
    shown.push(now());
    place.requestVideoFrameCallback(note);
  };
  place.requestVideoFrameCallback(note);
};

const open = () => {
  pc = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  pc.ontrack = show;
  return pc;
};

const gathered = async (connection) => {
  while (connection.iceGatheringState !== "complete")
    await new Promise((done) => connection.addEventListener("icegatheringstatechange", done, { once: true }));
  return connection.localDescription.sdp;
};

// The node offers: sound goes into section "a", the picture into "v".
const answer = async (sdp, { small = false } = {}) => {
  if (!pc) open();
  await pc.setRemoteDescription({ type: "offer", sdp });
  for (const one of pc.getTransceivers()) {
    const kind = { a: "audio", v: "video" }[one.mid];
    if (!kind) continue;
    one.direction = "sendonly";
    if (!one.sender.track) await one.sender.replaceTrack(stream.getTracks().find((track) => track.kind === kind));
  }
  await pc.setLocalDescription();
  const sender = pc.getTransceivers().find(({ mid }) => mid === "v").sender;
  const said = sender.getParameters();
  for (const one of said.encodings) {
    if (one.rid !== "l") continue;
    one.scaleResolutionDownBy = 4;
    one.active = small;
  }
  if (said.encodings.length > 1) await sender.setParameters(said);
  return pc.localDescription.sdp;
};

// Browser to browser: one offers, the other answers, the first accepts; the same again restarts.
const offer = async ({ iceRestart = false } = {}) => {
  if (!pc) {
    open();
    for (const track of stream.getTracks()) pc.addTrack(track, stream);
  }
  await pc.setLocalDescription(await pc.createOffer({ iceRestart }));
  return gathered(pc);
};
const reply = async (sdp) => {
  if (!pc) {
    open();
    for (const track of stream.getTracks()) pc.addTrack(track, stream);
  }
  await pc.setRemoteDescription({ type: "offer", sdp });
  await pc.setLocalDescription();
  return gathered(pc);
};
const accept = (sdp) => pc.setRemoteDescription({ type: "answer", sdp });

// What has been received so far, by section.
const received = async () => {
  const found = {};
  for (const one of (await pc.getStats()).values())
    if (one.type === "inbound-rtp")
      found[one.mid] = {
        kind: one.kind,
        frames: one.framesDecoded ?? 0,
        width: one.frameWidth ?? 0,
        height: one.frameHeight ?? 0,
        samples: one.totalSamplesReceived ?? 0,
        concealed: (one.concealedSamples ?? 0) - (one.silentConcealedSamples ?? 0),
        bytes: one.bytesReceived,
      };
  return found;
};
