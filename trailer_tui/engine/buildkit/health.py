"""The sign of life that an engine asks a session for, every one to five seconds."""

from __future__ import annotations

from collections.abc import Mapping

from trailer_tui.engine.buildkit.buildkit_pb2 import HealthCheckResponse
from trailer_tui.engine.buildkit.grpc import Handler, unary


def handlers() -> Mapping[str, Handler]:
    """Serves health checks; an engine drops the session without them."""
    healthy = HealthCheckResponse(status=HealthCheckResponse.SERVING).SerializeToString()
    return {"/grpc.health.v1.Health/Check": unary(lambda _: healthy)}
