"""The weekly digest of every reader of the bulletin, over 200 pairs of themes.

Prints how often a mail was drawn, how many rows were made, seconds and peak memory above before.
"""

import json
import time
from pathlib import Path

from bench.memory import megabytes
from newsletter.readers.digests import composing
from tests.newsletter.digests.crowd import choose, press
from tests.newsletter.digests.samples import sent
from tests.newsletter.sending import bulletin

COMBINATIONS = 200
choose(bulletin(), press(), COMBINATIONS)
drawn, real = [], composing.render


def counted(document):
    drawn.append(1)
    return real(document)


composing.render = counted
Path("/proc/self/clear_refs").write_text("5", "utf-8")
before, begun = megabytes("VmHWM"), time.perf_counter()
mailing = sent()
seconds = time.perf_counter() - begun
if mailing is None:
    raise SystemExit("no digest was due")
print(
    json.dumps(
        {
            "renderings": len(drawn),
            "contents": mailing.contents.count(),
            "readers": mailing.counts()["total"],
            "seconds": seconds,
            "megabytes": megabytes("VmHWM") - before,
        }
    )
)
