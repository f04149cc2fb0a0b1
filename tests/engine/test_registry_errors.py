"""What registries answer becomes a cause that names the registry, and a remedy."""

from __future__ import annotations

import pytest

from trailer_tui.engine.registry_errors import build_trouble, registry_error
from trailer_tui.model.reference import ImageReference

REFERENCE = ImageReference.parse("registry.lan:5000/ml/torch:1")


@pytest.mark.parametrize(
    ("message", "problem", "remedy"),
    [
        ("manifest for registry.lan:5000/ml/torch:1 not found: manifest unknown", "no such image", "tag"),
        (
            "pull access denied for x, repository does not exist or may require 'docker login': denied",
            "denied access",
            "docker login registry.lan:5000",
        ),
        ("denied", "denied access", "docker login"),
        ("no basic auth credentials", "wants a login", "docker login"),
        ("unauthorized: authentication required", "wants a login", "docker login"),
        (
            'Get "https://registry.lan:5000/v2/": http: server gave HTTP response to HTTPS client',
            "speaks http",
            "insecure-registries",
        ),
        (
            'Get "https://registry.lan:5000/v2/": tls: first record does not look like a TLS handshake',
            "speaks http",
            "insecure-registries",
        ),
        ("Client sent an HTTP request to an HTTPS server.", "speaks https", "insecure-registries"),
        (
            'Get "https://registry.lan:5000/v2/": x509: certificate signed by unknown authority',
            "certificate",
            "/etc/docker/certs.d/registry.lan:5000/ca.crt",
        ),
        ('Get "https://registry.lan:5000/v2/": dial tcp 1.2.3.4:5000: connect: connection refused', "reach", "is up"),
        ('Get "https://registry.lan:5000/v2/": dial tcp: lookup registry.lan: no such host', "name", "name server"),
        ("toomanyrequests: You have reached your pull rate limit", "no more requests", "wait"),
        ("no matching manifest for linux/arm64 in the manifest list entries", "platform", "architecture"),
        ("An image does not exist locally with the tag: registry.lan:5000/ml/torch", "host has no such", "build"),
        ("write /var/lib/docker/tmp/x: no space left on device", "disk is full", "docker system df"),
        ("manifest blob unknown: blob unknown to registry", "lacks a layer", "try again"),
        ("name unknown: repository name not known to registry", "no such image", "made before a push"),
        ("received unexpected HTTP status: 500 Internal Server Error", "an error of its own", "disk is full"),
        ("received unexpected HTTP status: 502 Bad Gateway", "an error of its own", "look at the log"),
        (
            "error pulling image configuration: download failed after attempts=6: unexpected EOF",
            "broke in the middle",
            "try again",
        ),
        ("write tcp 127.0.0.1:54974->127.0.0.1:5000: use of closed network connection", "broke in the middle", "try"),
        ("read tcp 10.0.0.1:1->10.0.0.2:5000: read: connection reset by peer", "broke in the middle", "proxies"),
        ("error parsing HTTP 404 response body: invalid character '<': \"<html>\"", "no registry", "proxy"),
        ("net/http: TLS handshake timeout", "cannot reach", "is up"),
        ("the engine answered with HTTP status 500 and no message", "does not say why", "docker login registry.lan"),
        ("something that nobody ever said", "reported an error", "docker pull"),
    ],
)
def test_each_answer_has_a_remedy(message: str, problem: str, remedy: str) -> None:
    error = registry_error("pull", REFERENCE, message)
    assert problem in error.cause
    assert "registry.lan:5000" in error.cause
    assert message in error.cause
    assert remedy in error.hint


@pytest.mark.parametrize(
    ("message", "has_login", "problem", "remedy"),
    [
        ("no basic auth credentials", False, "there is no login for it", "docker login registry.lan:5000"),
        ("unauthorized: authentication required", True, "password is wrong or has expired", "log in again"),
        ("denied: requested access to the resource is denied", False, "there is no login for it", "docker login"),
        ("denied: requested access to the resource is denied", True, "does not suffice", "what the account may do"),
        ("connection refused", True, "cannot reach", "is up"),
    ],
)
def test_what_is_known_of_the_login_is_told(message: str, has_login: bool, problem: str, remedy: str) -> None:
    error = registry_error("push", REFERENCE, message, has_login=has_login)
    assert problem in error.cause
    assert remedy in error.hint


def never_asked(registry: str) -> bool:
    raise AssertionError(registry)


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (
            "failed to resolve source metadata for registry.lan:5000/ml/torch:1: pull access denied, repository does "
            "not exist or may require authorization: authorization failed: no basic auth credentials",
            "there is no login for it",
        ),
        ('Head "http://registry.lan:5000/v2/ml/torch/manifests/1": no basic auth credentials', "there is no login"),
        ("pull access denied for registry.lan:5000/ml/torch, repository does not exist", "denied access"),
        ("pulling from host registry.lan:5000 failed with status code [manifests 1]: 401 Unauthorized", "no login"),
    ],
)
def test_a_build_names_the_registry_of_the_message(message: str, problem: str) -> None:
    trouble = build_trouble(message, ["other.lan", "registry.lan:5000"], lambda registry: registry == "other.lan")
    assert trouble is not None
    assert trouble[0].startswith("registry registry.lan:5000: ")
    assert problem in trouble[0]
    assert message in trouble[0]
    assert "docker login registry.lan:5000" in trouble[1]


def test_a_message_without_a_registry_is_about_the_only_one() -> None:
    message = "unauthorized: authentication required"
    trouble = build_trouble(message, ["registry.lan"], lambda _: True)
    assert trouble is not None
    assert "registry registry.lan: the registry did not accept the login" in trouble[0]
    trouble = build_trouble(message, ["registry.lan", "other.lan"], never_asked)
    assert trouble is not None
    assert "the registry of a base image: the registry wants a login" in trouble[0]
    assert "docker login that registry" in trouble[1]


@pytest.mark.parametrize(
    "message",
    ["dockerfile parse error on line 3: unknown instruction: RUNN", "COPY failed: no such file", "unexpected EOF", ""],
)
def test_other_trouble_of_a_build_is_none_of_a_registry(message: str) -> None:
    assert build_trouble(message, ["registry.lan"], never_asked) is None
