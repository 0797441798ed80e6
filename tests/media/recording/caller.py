"""A process that records in real time until it is killed: `python -m ... FILE SECONDS`.

Of four places the first is heard and seen, the second seen two seconds later than heard, the third
only heard, and the fourth nobody's. It prints the seconds of call that it has written, as it goes.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from app.media.recording.sink import Sink
from tests.media.recording.material import KEY, Sender, in_order, pictures, sound

LATER = 2.0


def main(file: str, seconds: float) -> None:
    people = (Sender(0), Sender(1, ssrc=50), Sender(2, ssrc=90))
    film, voice = pictures(seconds), sound(seconds)
    later = [frame._replace(at=frame.at + LATER) for frame in film]
    seen = (people[0].video(film), people[1].video(later))
    sent = in_order(*seen, *(one.audio(voice) for one in people))
    sink = Sink(Path(file), KEY)
    begun, first = time.monotonic(), sent[0].arrival
    for arrival, place, kind, packet in sent:
        at = arrival - first
        if (early := at - (time.monotonic() - begun)) > 0:
            time.sleep(early)
            print(f"{at:.3f}", flush=True)  # noqa: T201 - the test that starts it reads this
        sink.write(place, kind, packet, arrival)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
