# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM debian:12-slim

# The steps below need root
USER root

# Packages: Archive tools, Git, jq, OpenSSH client, rsync, Terminal tools, Vim, wget and curl
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        7zip \
        ca-certificates \
        curl \
        git \
        htop \
        jq \
        openssh-client \
        rsync \
        tmux \
        tree \
        unzip \
        vim \
        wget \
        zip \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin

# User: 1000 workspace, group: 1000 workspace
COPY .trailer/workspace-user /opt/trailer/workspace-user
RUN /bin/sh /opt/trailer/workspace-user 1000 workspace 1000 workspace

USER 1000
