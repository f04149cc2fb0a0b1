# syntax=docker/dockerfile:1
ARG GO_VERSION=1.23
ARG BASE=debian:12-slim

FROM golang:${GO_VERSION}-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN CGO_ENABLED=0 go build -o /out/tool ./cmd/tool

FROM build AS test
RUN go test ./...

FROM ${BASE} AS run
COPY --from=build /out/tool /usr/local/bin/
COPY --from=0 --chown=1000:1000 /src/LICENSE /usr/share/doc/tool/
COPY --from=busybox:1.36 /bin/busybox /bin/busybox
USER 1000:1000
ENTRYPOINT ["/usr/local/bin/tool"]
CMD ["--help"]
