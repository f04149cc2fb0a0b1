"""The text of Podman's builder becomes steps with the Dockerfile's lines."""

from __future__ import annotations

from typing import Any

from tests.engine.recorded import Recorded
from trailer_tui.engine.podman_output import PodmanOutput

IMAGE = "897fb3eabfd708d8afa59052a0ee62ba696764f15fd0b9704252cec71dec2020"

DOCKERFILE = """\
ARG X=1
FROM base AS unused
RUN true
FROM base AS one
# remark
RUN echo one > /x

FROM base
COPY --from=one /x /x
RUN cat /x
"""


def said(*texts: str) -> list[dict[str, Any]]:
    return [{"stream": f"{text}\n"} for text in texts]


def fed(dockerfile: str, *batches: list[dict[str, Any]]) -> tuple[PodmanOutput, Recorded]:
    recorded = Recorded()
    output = PodmanOutput(dockerfile, recorded)
    for batch in batches:
        output.feed(batch)
    output.finish()
    return output, recorded


def test_steps_of_stages_are_found_in_the_dockerfile() -> None:
    output, recorded = fed(
        DOCKERFILE,
        said("[1/2] STEP 1/2: FROM base AS one", "[1/2] STEP 2/2: RUN echo one > /x", "--> bdb302fddaac"),
        said("[2/2] STEP 1/3: FROM base", "[2/2] STEP 2/3: COPY --from=one /x /x", "--> 409494823b39"),
        said("[2/2] STEP 3/3: RUN cat /x", "one", "[2/2] COMMIT", "--> 897fb3eabfd7", IMAGE),
        [{"aux": {"ID": f"sha256:{IMAGE}"}}, *said("Successfully built 897fb3eabfd7")],
    )
    assert [step.line for step in recorded.started] == [4, 6, 8, 9, 10]
    assert {step.total for step in recorded.started} == {8}
    assert recorded.output("RUN cat") == "one\n"
    assert recorded.output("RUN echo") == recorded.output("COPY") == ""
    assert (output.image_id, output.error) == (f"sha256:{IMAGE}", "")


def test_a_cached_step_says_so() -> None:
    _, recorded = fed(
        "FROM base\nRUN one\nRUN two\n",
        said("STEP 1/3: FROM base", "STEP 2/3: RUN one", f"--> Using cache {IMAGE}", "--> 897fb3eabfd7"),
        said("STEP 3/3: RUN two", "--> 897fb3eabfd7"),
    )
    assert [recorded.end(name).cached for name in ("FROM", "one", "two")] == [False, True, False]


def test_a_failed_command_has_its_exit_code() -> None:
    error = 'building at STEP "RUN exit 4": while running runtime: exit status 4\n'
    output, recorded = fed(
        "FROM base\nRUN exit 4\n",
        said("STEP 1/2: FROM base", "STEP 2/2: RUN exit 4", "last words"),
        [{"errorDetail": {"message": error}, "error": error}],
    )
    assert output.exit_code == 4
    assert recorded.end("RUN").error == output.error == error.strip()
    assert recorded.output("RUN", "o") == "last words\n"


def test_output_that_imitates_a_step_is_output() -> None:
    _, recorded = fed(
        "FROM base\nRUN one\nENV A=b\n",
        said("STEP 1/3: FROM base", "STEP 2/3: RUN one", "STEP 9/9: RUN rm -rf /", "STEP 3/3: ENV A=b"),
    )
    assert recorded.output("RUN one") == "STEP 9/9: RUN rm -rf /\n"
    assert len(recorded.started) == 3


def test_what_comes_before_the_first_step_has_a_step() -> None:
    output, recorded = fed("", [{"error": "Dockerfile is empty\n"}])
    assert output.error == "Dockerfile is empty"
    assert recorded.end("Read the Dockerfile").error == "Dockerfile is empty"
