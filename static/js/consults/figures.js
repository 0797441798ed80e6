// What the lock is proved by: whether this page sends, what should come of whom, and how much has left it.

export async function figures(call, tracks) {
  const stats = (await Promise.all(call.paths.list.map((path) => path.stats()))).flat();
  const out = stats.filter(({ type }) => type === "outbound-rtp");
  const sum = (wanted, name) => out.reduce((all, { kind, [name]: more = 0 }) => all + (kind === wanted ? more : 0), 0);
  const comes = call.company.facing.map(({ connection, sound, picture }) => [connection, { audio: sound, video: picture && !call.stillness }]);
  return {
    sends: { audio: Boolean(tracks.audio), video: Boolean(tracks.video) && call.sends.picture },
    comes: Object.fromEntries(comes),
    sent: { audio: sum("audio", "packetsSent"), video: sum("video", "framesSent") },
  };
}
