"""docker-py's client on Trailer's own sockets, free of the user's environment.

docker-py reads the user's `config.json` and the environment's proxies and certificate bundles when a client is made;
none of that may decide how a Docker host is reached. It also hides its socket until the answer begins, and a build
must be cancellable while its context is still being sent.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Any, cast

import docker
import requests
import urllib3
import urllib3.connection
import urllib3.connectionpool
from docker.auth import AuthConfig
from docker.constants import DEFAULT_USER_AGENT
from docker.transport.basehttpadapter import BaseHTTPAdapter
from docker.utils.proxy import ProxyConfig

from trailer_tui.engine.wire import CONNECT_SECONDS, HostAddress, Wire, dial

_BASE_URL = "http+docker://host"


class EngineClient(docker.APIClient):
    """A docker-py client of one host. `timeout` is in seconds; None waits for ever, for long streams."""

    def __init__(self, address: HostAddress, *, api_version: str, timeout: float | None) -> None:
        # docker-py's own constructor is left out on purpose: it is what reads the user's configuration.
        requests.Session.__init__(self)
        self.trust_env = False
        self.base_url = _BASE_URL
        self.timeout = timeout  # type: ignore[assignment]
        self.headers["User-Agent"] = DEFAULT_USER_AGENT
        self.credstore_env = None
        self._version = api_version
        self._general_configs: dict[str, Any] = {}
        self._proxy_configs = ProxyConfig()
        self._auth_configs = AuthConfig({})
        self.line = _Line(address)
        self._custom_adapter = _Adapter(self.line, timeout)
        self.mount(_BASE_URL, self._custom_adapter)

    def use_api_version(self, version: str) -> None:
        """Put this API version into the path of every later call."""
        self._version = version

    def image_details(self, reference: str) -> dict[str, Any]:
        """The engine's answer to an image inspection. Raises docker-py's errors."""
        return cast("dict[str, Any]", self.inspect_image(reference))  # type: ignore[no-untyped-call]

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        newest_version: str = "",
    ) -> Any:
        """One call that docker-py has no method for: the decoded JSON of the answer, None without one.

        Args:
            method: of HTTP.
            path: with the slash it begins with, without the API version.
            query: parameters.
            body: sent as JSON.
            newest_version: the newest API version whose answer the caller understands; empty for any.

        Raises docker-py's errors.
        """
        version = min(self._version, newest_version, key=_numbers) if newest_version else self._version
        response = self.request(
            method,
            f"{_BASE_URL}/v{version}{path}",
            params=dict(query or {}),
            json=None if body is None else dict(body),
            timeout=self.timeout,
        )
        self._raise_for_status(response)  # type: ignore[attr-defined]
        return response.json() if response.content else None

    def container_from(self, image: str, *, entrypoint: list[str], name: str = "") -> str:
        """Make a container that is never started; returns its id. Raises docker-py's errors."""
        made = self.create_container_from_config(  # type: ignore[no-untyped-call]
            {"Image": image, "Entrypoint": entrypoint}, name or None
        )
        return str(made["Id"])

    def archive(self, container: str, path: str) -> urllib3.BaseHTTPResponse:
        """A file or folder of a container as a tar, still to be read and closed. Raises docker-py's errors."""
        response = self.request(
            "GET",
            f"{_BASE_URL}/v{self._version}/containers/{container}/archive",
            params={"path": path},
            # Engines would compress it otherwise.
            headers={"Accept-Encoding": "identity"},
            stream=True,
            timeout=self.timeout,
        )
        self._raise_for_status(response)  # type: ignore[attr-defined]
        return cast("urllib3.BaseHTTPResponse", response.raw)

    def post_stream(
        self,
        path: str,
        *,
        query: Mapping[str, str],
        headers: Mapping[str, str],
        body: Iterable[bytes] | None,
    ) -> requests.Response:
        """Send `POST path` with a body that is sent as it is made; the response's body is still to be read."""
        return self.request(
            "POST",
            f"{_BASE_URL}/v{self._version}{path}",
            params=dict(query),
            headers=dict(headers),
            data=body,
            stream=True,
            timeout=None,
        )


class _Line:
    """The wires that a client dialled; hanging up ends them and those it would still dial."""

    def __init__(self, address: HostAddress) -> None:
        self.address = address
        self._lock = threading.Lock()
        self._wires: list[Wire] = []
        self._hung_up = False

    def dial(self, timeout: float | None) -> Wire:
        wire = dial(self.address, min(timeout or CONNECT_SECONDS, CONNECT_SECONDS))
        with self._lock:
            ended = [old for old in self._wires if old.is_closed]
            self._wires = [old for old in self._wires if old not in ended] + [wire]
            hung_up = self._hung_up
        for old in ended:
            old.close()
        if hung_up:
            wire.hang_up()
        return wire

    def half_close(self) -> None:
        """Half-close every wire, from any thread."""
        for wire in self._mark_hung_up():
            wire.half_close()

    def hang_up(self) -> None:
        """Shut every wire down, from any thread."""
        for wire in self._mark_hung_up():
            wire.hang_up()

    def close(self) -> None:
        """Free every wire, from the thread that read them."""
        for wire in self._mark_hung_up():
            wire.close()

    def failure(self) -> OSError | None:
        """Why ssh failed, when it did."""
        with self._lock:
            wires = list(self._wires)
        return next((failure for wire in wires if (failure := wire.failure())), None)

    def _mark_hung_up(self) -> list[Wire]:
        with self._lock:
            self._hung_up = True
            return list(self._wires)


class _Connection(urllib3.connection.HTTPConnection):
    def __init__(self, line: _Line, timeout: float | None) -> None:
        super().__init__("host", timeout=timeout)
        self._line = line

    def connect(self) -> None:
        timeout = self.timeout if isinstance(self.timeout, int | float) else None
        stream = self._line.dial(timeout).socket
        stream.settimeout(timeout)
        self.sock = stream


class _Pool(urllib3.connectionpool.HTTPConnectionPool):
    def __init__(self, line: _Line, timeout: float | None) -> None:
        super().__init__("host", timeout=timeout, maxsize=16)
        self._line = line
        self._default_timeout = timeout

    def _new_conn(self) -> Any:
        return _Connection(self._line, self._default_timeout)


class _Adapter(BaseHTTPAdapter):
    def __init__(self, line: _Line, timeout: float | None) -> None:
        super().__init__()
        self._pool = _Pool(line, timeout)

    def get_connection(self, url: Any, proxies: Any = None) -> Any:
        return self._pool

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        return request.path_url

    def close(self) -> None:
        super().close()
        self._pool.close()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
