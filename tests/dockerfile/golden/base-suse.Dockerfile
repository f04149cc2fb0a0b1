# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM opensuse/leap:15

# The steps below need root
ARG TRAILER_BASE_USER=root
USER root

# Packages: code-server, FFmpeg, nginx, OpenSSH server, SQLite
RUN zypper --non-interactive install --no-recommends \
        curl \
        ffmpeg \
        gzip \
        nginx \
        openssh-server \
        sqlite3 \
        tar \
    && zypper clean --all \
    && rm -f \
        /etc/ssh/ssh_host_rsa_key \
        /etc/ssh/ssh_host_rsa_key.pub \
        /etc/ssh/ssh_host_ecdsa_key \
        /etc/ssh/ssh_host_ecdsa_key.pub \
        /etc/ssh/ssh_host_ed25519_key \
        /etc/ssh/ssh_host_ed25519_key.pub

# code-server, from its vendor
RUN case "$(uname -m)" in \
        x86_64) address=https://github.com/coder/code-server/releases/download/v4.112.0/code-server-4.112.0-linux-amd64.tar.gz ;; \
        aarch64) address=https://github.com/coder/code-server/releases/download/v4.112.0/code-server-4.112.0-linux-arm64.tar.gz ;; \
        *) echo 'code-server is there for amd64 and arm64 alone' >&2; exit 1 ;; \
    esac \
    && curl -fsSL -o /tmp/code-server.archive "$address" \
    && mkdir -p /opt/code-server \
    && tar -xf /tmp/code-server.archive -C /opt/code-server --no-same-owner --strip-components=1 \
    && rm -f \
        /tmp/code-server.archive \
    && ln -sf /opt/code-server/bin/code-server /usr/local/bin/

USER ${TRAILER_BASE_USER}
