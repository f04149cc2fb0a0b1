# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM lscr.io/linuxserver/webtop:arch-kde

# The steps below need root
USER root

# Packages: Discord, FFmpeg, Firefox, GIMP, JupyterLab, kubectl, LibreOffice, Node.js and npm, OpenSSH
# server, SQLite, Telegram, Visual Studio Code
RUN export HOME=/root \
    && case "$(uname -m)" in \
        x86_64) ;; \
        *) echo 'Visual Studio Code is there for amd64 alone' >&2; exit 1 ;; \
    esac \
    && pacman -Sy --noconfirm --needed \
        ca-certificates \
        code \
        curl \
        discord \
        ffmpeg \
        firefox \
        gimp \
        kubectl \
        libreoffice-fresh \
        nodejs \
        npm \
        openssh \
        python \
        sqlite \
        telegram-desktop \
    && rm -rf /var/cache/pacman/pkg/* /var/lib/pacman/sync/* \
    && rm -f \
        /etc/ssh/ssh_host_rsa_key \
        /etc/ssh/ssh_host_rsa_key.pub \
        /etc/ssh/ssh_host_ecdsa_key \
        /etc/ssh/ssh_host_ecdsa_key.pub \
        /etc/ssh/ssh_host_ed25519_key \
        /etc/ssh/ssh_host_ed25519_key.pub \
    && sed -i \
        -e 's#^Exec=\(/usr/bin/discord\|discord\)\( \|$\)#Exec=\1 --no-sandbox --password-store=basic\2#' \
        -e 's#^Exec=\(/usr/bin/code-oss\|code-oss\)\( \|$\)#Exec=\1 --no-sandbox --password-store=basic\2#' \
        /usr/share/applications/*.desktop

# code-server, from its vendor
RUN export HOME=/root \
    && case "$(uname -m)" in \
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
RUN mkdir -p /etc/xdg \
    && printf '%s\n' \
        '[Layout]' \
        Use=true \
        LayoutList=de \
        > /etc/xdg/kxkbrc
