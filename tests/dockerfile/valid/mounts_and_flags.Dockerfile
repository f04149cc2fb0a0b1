# syntax=docker/dockerfile:1
FROM debian:12
RUN --mount=type=secret,id=token --mount=type=ssh --network=none --security=insecure cat /run/secrets/token
ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/a.tar.xz /src/
ADD --keep-git-dir=true https://example.com/r.git#main /r
COPY --exclude=*.md --exclude=*.txt --parents ./a/b ./c/d /x
COPY --link=false --chmod=u=rwX,go=rX --chown="ada users" a /b
RUN -- --starts-with-dashes
CMD -- --flag
