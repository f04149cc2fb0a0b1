FROM --platform=$BUILDPLATFORM golang:1.23 AS build
ARG TARGETOS TARGETARCH
RUN GOOS=$TARGETOS GOARCH=$TARGETARCH go build ./...
FROM --platform=linux/amd64 debian:12-slim
COPY --link --from=build /tool /tool
FROM tool:$TARGETARCH
