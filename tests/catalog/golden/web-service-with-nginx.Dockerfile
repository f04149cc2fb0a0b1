# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM debian:12-slim

# The steps below need root
ARG TRAILER_BASE_USER=root
USER root

# Packages: nginx
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        nginx \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin

USER ${TRAILER_BASE_USER}

# Startup command
STOPSIGNAL SIGTERM
ENTRYPOINT []
CMD ["nginx", "-g", "daemon off; error_log /dev/stderr notice;"]
