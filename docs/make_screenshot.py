"""Makes docs/screenshot.svg: the app over a server of its own, while a Docker engine really builds.

    python -m docs.make_screenshot ADDRESS BASE_IMAGE

`ADDRESS` is a Docker host that has `BASE_IMAGE`. Images that it builds stay there; their names start with `shot/`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from pathlib import Path

from benchmarks.scene import Scene

SIZE = (120, 34)
FINISHED = {
    "base-minimal": "FROM {base}\nRUN echo ready\n",
    "docs-site": "FROM {base}\nENV LANG=C.UTF-8\nRUN mkdir /srv/site\n",
    "vdi-debian": "FROM {base}\nRUN echo Selecting a desktop; echo 'no such package: xfce5' >&2; exit 100\n",
}
RUNNING = """FROM {base}
ENV PIP_NO_CACHE_DIR=1
RUN for n in 1 2 3; do echo "Unpacking build-essential ($n/3)"; done
RUN for n in $(seq 1 400); do echo "[$n/400] Building CXX object src/kernels_$n.cpp.o"; sleep 0.04; done
RUN echo installed
CMD ["bash"]
"""


def main() -> None:
    """Build, wait until a build is well under way, and take the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("base_image")
    arguments = parser.parse_args()
    with Scene(docker_host=arguments.address) as scene:
        for name, dockerfile in (*FINISHED.items(), ("torch-dev", RUNNING)):
            text = dockerfile.format(base=arguments.base_image)
            scene.run("new", name, "--image-name", f"shot/{name}:latest", "--dockerfile", "-", given=text)
            time.sleep(2 if name in FINISHED else 0)
        os.environ.update(scene.environment)
        picture = asyncio.run(_take())
        (Path(__file__).parent / "screenshot.svg").write_text(picture, encoding="utf-8")


async def _take() -> str:
    from trailer_tui.app.app import TrailerApp

    app = TrailerApp()
    async with app.run_test(size=SIZE) as pilot:
        await asyncio.sleep(6)
        await pilot.pause()
        return app.export_screenshot(title="trailer")


if __name__ == "__main__":
    main()
