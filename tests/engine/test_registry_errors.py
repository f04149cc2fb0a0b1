"""What registries answer becomes a cause that names the registry, and a remedy."""

from __future__ import annotations

import pytest

from trailer_tui.engine.registry_errors import registry_error
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
        ("no basic auth credentials", "denied access", "docker login"),
        ("unauthorized: authentication required", "denied access", "docker login"),
        (
            'Get "https://registry.lan:5000/v2/": http: server gave HTTP response to HTTPS client',
            "speaks http",
            "insecure-registries",
        ),
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
        ("something that nobody ever said", "reported an error", "docker pull"),
    ],
)
def test_each_answer_has_a_remedy(message: str, problem: str, remedy: str) -> None:
    error = registry_error("pull", REFERENCE, message)
    assert problem in error.cause
    assert "registry.lan:5000" in error.cause
    assert message in error.cause
    assert remedy in error.hint
