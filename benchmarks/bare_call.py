"""The rival of the consult: two bare pages, one relay, and nothing else.

Both pages take camera and microphone when they load; a click on the second starts the call.
"""

from __future__ import annotations

import threading

from flask import Flask, request
from simple_websocket import ConnectionClosed, Server

PAGE = """<!doctype html>
<meta charset="utf-8"><title>bare call</title>
<video id="remote" autoplay playsinline muted></video>
<button id="join">Join</button>
<script>
const socket = new WebSocket(`ws://${location.host}/relay`);
const say = (message) => socket.send(JSON.stringify(message));
const remote = document.querySelector('#remote');
let pc;
const picture = {width: {ideal: 960}, height: {ideal: 540}, frameRate: {ideal: 30}};
const media = navigator.mediaDevices.getUserMedia({audio: true, video: picture});
const open = async () => {
  pc = new RTCPeerConnection();
  pc.onicecandidate = ({candidate}) => candidate && say({candidate});
  pc.ontrack = ({streams}) => { remote.srcObject = streams[0]; };
  const stream = await media;
  stream.getTracks().forEach((track) => pc.addTrack(track, stream));
};
const hear = async (data) => {
  const {description, candidate} = JSON.parse(data);
  if (description) {
    if (description.type === 'offer') await open();
    await pc.setRemoteDescription(description);
    if (description.type === 'offer') {
      await pc.setLocalDescription();
      say({description: pc.localDescription});
    }
  } else if (candidate) await pc.addIceCandidate(candidate);
};
let heard = Promise.resolve();
socket.onmessage = ({data}) => { heard = heard.then(() => hear(data)); };
document.querySelector('#join').onclick = async () => {
  await open();
  await pc.setLocalDescription();
  say({description: pc.localDescription});
};
Promise.all([media, new Promise((done) => { socket.onopen = done; })])
  .then(() => { document.documentElement.dataset.ready = 'yes'; });
</script>
"""

app = Flask(__name__)
lock = threading.Lock()
sockets: list[Server] = []


@app.get("/health")
def health() -> str:
    """Ready."""
    return "ok"


@app.get("/call")
def call() -> str:
    """One of the two pages."""
    return PAGE


@app.route("/relay", websocket=True)
def relay() -> str:
    """Pass each message on to everybody else."""
    socket = Server.accept(request.environ)
    with lock:
        sockets.append(socket)
    try:
        while True:
            message = socket.receive()
            for other in sockets:
                if other is not socket:
                    other.send(message)
    except ConnectionClosed:
        with lock:
            sockets.remove(socket)
    return ""
