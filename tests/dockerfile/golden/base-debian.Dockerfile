# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM debian:13

# The steps below need root
ARG TRAILER_BASE_USER=root
USER root

# Packages: FFmpeg, JupyterLab, nginx, Node.js and npm, OpenSSH server, SQLite
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates \
        curl \
        ffmpeg \
        nginx \
        nodejs \
        npm \
        openssh-server \
        python3 \
        python3-venv \
        sqlite3 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
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

# JupyterLab, in a Python environment of its own
RUN /usr/bin/python3 -m venv /opt/jupyter \
    && /opt/jupyter/bin/pip install --no-cache-dir \
        jupyterlab \
    && ln -sf /opt/jupyter/bin/jupyter /usr/local/bin/ \
    && ln -sf /opt/jupyter/bin/jupyter-lab /usr/local/bin/

# kubectl, from its vendor
RUN mkdir -p /etc/apt/keyrings \
    && curl -fsSL -o /etc/apt/keyrings/kubernetes.asc https://pkgs.k8s.io/core:/stable:/v1.34/deb/Release.key \
    && chmod 0644 /etc/apt/keyrings/kubernetes.asc \
    && printf '%s\n' 'deb [signed-by=/etc/apt/keyrings/kubernetes.asc] https://pkgs.k8s.io/core:/stable:/v1.34/deb/ /' \
        > /etc/apt/sources.list.d/kubernetes.list \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        kubectl \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
    && rm -f \
        /etc/apt/sources.list.d/kubernetes.list \
        /etc/apt/keyrings/kubernetes.asc

USER ${TRAILER_BASE_USER}
