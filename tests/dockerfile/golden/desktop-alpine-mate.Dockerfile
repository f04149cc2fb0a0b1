# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM lscr.io/linuxserver/webtop:alpine-mate

# The steps below need root
USER root

# Packages: FFmpeg, Firefox, GIMP, JupyterLab, kubectl, LibreOffice, Node.js and npm, OpenSSH server,
# SQLite, Telegram
RUN export HOME=/root \
    && apk add --no-cache \
        ffmpeg \
        firefox \
        gimp \
        kubectl \
        libreoffice \
        nodejs \
        npm \
        openssh \
        python3 \
        sqlite \
        telegram-desktop \
    && rm -f \
        /etc/ssh/ssh_host_rsa_key \
        /etc/ssh/ssh_host_rsa_key.pub \
        /etc/ssh/ssh_host_ecdsa_key \
        /etc/ssh/ssh_host_ecdsa_key.pub \
        /etc/ssh/ssh_host_ed25519_key \
        /etc/ssh/ssh_host_ed25519_key.pub

# JupyterLab, in a Python environment of its own
RUN export HOME=/root \
    && /usr/bin/python3 -m venv /opt/jupyter \
    && /opt/jupyter/bin/pip install --no-cache-dir \
        jupyterlab \
    && ln -sf /opt/jupyter/bin/jupyter /usr/local/bin/ \
    && ln -sf /opt/jupyter/bin/jupyter-lab /usr/local/bin/

# Language of the desktop
ENV LC_ALL="de_DE.UTF-8"

# Keyboard layout, for desktops on Wayland
ENV XKB_DEFAULT_LAYOUT="de"

# Keyboard layout, for programs that ask the system
RUN mkdir -p /etc/xdg/autostart \
    && printf '%s\n' \
        '[Desktop Entry]' \
        Type=Application \
        'Name=Keyboard layout' \
        TryExec=setxkbmap \
        'Exec=setxkbmap -layout de' \
        > /etc/xdg/autostart/trailer-keyboard.desktop
