# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM alpine:3

# The steps below need root
ARG TRAILER_BASE_USER=root
USER root

# Packages: FFmpeg, JupyterLab, kubectl, nginx, Node.js and npm, OpenSSH server, SQLite
RUN apk add --no-cache \
        ffmpeg \
        kubectl \
        nginx \
        nodejs \
        npm \
        openssh \
        python3 \
        sqlite \
    && rm -f \
        /etc/ssh/ssh_host_rsa_key \
        /etc/ssh/ssh_host_rsa_key.pub \
        /etc/ssh/ssh_host_ecdsa_key \
        /etc/ssh/ssh_host_ecdsa_key.pub \
        /etc/ssh/ssh_host_ed25519_key \
        /etc/ssh/ssh_host_ed25519_key.pub

# JupyterLab, in a Python environment of its own
RUN /usr/bin/python3 -m venv /opt/jupyter \
    && /opt/jupyter/bin/pip install --no-cache-dir \
        jupyterlab \
    && ln -sf /opt/jupyter/bin/jupyter /usr/local/bin/ \
    && ln -sf /opt/jupyter/bin/jupyter-lab /usr/local/bin/

USER ${TRAILER_BASE_USER}
