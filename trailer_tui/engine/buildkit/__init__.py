"""Building with BuildKit through the engine's own API: one HTTP/2 connection for each build.

`dial` opens it, `http2` and `grpc` speak on it, `session` serves what the engine asks for during the build (the build
context, registry credentials, secrets, the ssh agent), `solve` starts the build and follows it. Imported when the
first build starts: its libraries take a while.
"""
