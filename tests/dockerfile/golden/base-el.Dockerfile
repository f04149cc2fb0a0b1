# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM rockylinux:9

# The steps below need root
ARG TRAILER_BASE_USER=root
USER root

# Packages: code-server, FFmpeg, JupyterLab, nginx, Node.js and npm, OpenSSH server, SQLite
RUN dnf install -y epel-release \
    && crb enable \
    && dnf install -y --setopt=install_weak_deps=False \
        ffmpeg-free \
        gzip \
        nginx \
        nodejs \
        npm \
        openssh-server \
        python3 \
        sqlite \
        tar \
    && dnf clean all \
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
RUN printf '%s\n' \
        '[kubernetes]' \
        name=kubernetes \
        baseurl=https://pkgs.k8s.io/core:/stable:/v1.34/rpm/ \
        enabled=1 \
        gpgcheck=1 \
        gpgkey=https://pkgs.k8s.io/core:/stable:/v1.34/rpm/repodata/repomd.xml.key \
        > /etc/yum.repos.d/kubernetes.repo \
    && dnf install -y --setopt=install_weak_deps=False \
        kubectl \
    && dnf clean all \
    && rm -f \
        /etc/yum.repos.d/kubernetes.repo

USER ${TRAILER_BASE_USER}
