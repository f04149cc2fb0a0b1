# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM lscr.io/linuxserver/webtop:debian-xfce

# The steps below need root
USER root

# Packages: Firefox, LibreOffice
RUN export HOME=/root \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        firefox-esr \
        libreoffice \
        libreoffice-gtk3 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin
