# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM lscr.io/linuxserver/webtop:debian-mate

# The steps below need root
USER root

# Packages: FFmpeg, Firefox, GIMP, JupyterLab, LibreOffice, Node.js and npm, OpenSSH server, SQLite,
# Telegram
RUN export HOME=/root \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        ca-certificates \
        curl \
        ffmpeg \
        firefox-esr \
        gimp \
        libreoffice \
        libreoffice-gtk3 \
        nodejs \
        openssh-server \
        python3 \
        python3-venv \
        sqlite3 \
        xz-utils \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
    && rm -f \
        /etc/ssh/ssh_host_rsa_key \
        /etc/ssh/ssh_host_rsa_key.pub \
        /etc/ssh/ssh_host_ecdsa_key \
        /etc/ssh/ssh_host_ecdsa_key.pub \
        /etc/ssh/ssh_host_ed25519_key \
        /etc/ssh/ssh_host_ed25519_key.pub

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

# Discord, from its vendor
RUN export HOME=/root \
    && case "$(uname -m)" in \
        x86_64) address='https://discord.com/api/download?platform=linux&format=deb' ;; \
        *) echo 'Discord is there for amd64 alone' >&2; exit 1 ;; \
    esac \
    && curl -fsSL -o /tmp/discord.deb "$address" \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        /tmp/discord.deb \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
    && rm -f \
        /tmp/discord.deb \
    && sed -i \
        -e 's#^Exec=\(/usr/share/discord/Discord\|Discord\)\( \|$\)#Exec=\1 --no-sandbox --password-store=basic\2#' \
        -e 's#^Exec=\(/usr/bin/discord\|discord\)\( \|$\)#Exec=\1 --no-sandbox --password-store=basic\2#' \
        /usr/share/applications/*.desktop

# Google Chrome, from its vendor
RUN export HOME=/root \
    && case "$(uname -m)" in \
        x86_64) address=https://dl.google.com/linux/direct/google-chrome-stable_current_amd64.deb ;; \
        *) echo 'Google Chrome is there for amd64 alone' >&2; exit 1 ;; \
    esac \
    && curl -fsSL -o /tmp/google-chrome.deb "$address" \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        /tmp/google-chrome.deb \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
    && rm -f \
        /tmp/google-chrome.deb \
    && sed -i \
        -e 's#^Exec=\(/usr/bin/google-chrome-stable\|google-chrome-stable\)\( \|$\)#Exec=\1 --no-sandbox --password-store=basic\2#' \
        /usr/share/applications/*.desktop

# JupyterLab, in a Python environment of its own
RUN export HOME=/root \
    && /usr/bin/python3 -m venv /opt/jupyter \
    && /opt/jupyter/bin/pip install --no-cache-dir \
        jupyterlab \
    && ln -sf /opt/jupyter/bin/jupyter /usr/local/bin/ \
    && ln -sf /opt/jupyter/bin/jupyter-lab /usr/local/bin/

# kubectl, from its vendor
RUN export HOME=/root \
    && mkdir -p /etc/apt/keyrings \
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

# Telegram, from its vendor
RUN export HOME=/root \
    && case "$(uname -m)" in \
        x86_64) address=https://telegram.org/dl/desktop/linux ;; \
        *) echo 'Telegram is there for amd64 alone' >&2; exit 1 ;; \
    esac \
    && curl -fsSL -o /tmp/telegram.archive "$address" \
    && mkdir -p /opt/telegram \
    && tar -xf /tmp/telegram.archive -C /opt/telegram --no-same-owner --strip-components=1 \
    && rm -f \
        /tmp/telegram.archive \
    && ln -sf /opt/telegram/Telegram /usr/local/bin/ \
    && mkdir -p /usr/share/applications \
    && printf '%s\n' \
        '[Desktop Entry]' \
        Type=Application \
        Name=Telegram \
        Comment=Messenger \
        Exec=/opt/telegram/Telegram \
        > /usr/share/applications/telegram.desktop

# Visual Studio Code, from its vendor
RUN export HOME=/root \
    && mkdir -p /etc/apt/keyrings \
    && curl -fsSL -o /etc/apt/keyrings/vscode.asc https://packages.microsoft.com/keys/microsoft.asc \
    && chmod 0644 /etc/apt/keyrings/vscode.asc \
    && printf '%s\n' 'deb [signed-by=/etc/apt/keyrings/vscode.asc] https://packages.microsoft.com/repos/code stable main' \
        > /etc/apt/sources.list.d/vscode.list \
    && apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        code \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
    && rm -f \
        /etc/apt/sources.list.d/vscode.list \
        /etc/apt/keyrings/vscode.asc \
    && sed -i \
        -e 's#^Exec=\(/usr/share/code/code\|code\)\( \|$\)#Exec=\1 --no-sandbox --password-store=basic\2#' \
        /usr/share/applications/*.desktop

# Language of the desktop
ENV LC_ALL="de_DE.UTF-8"

# Keyboard layout, for desktops on Wayland
ENV XKB_DEFAULT_LAYOUT="de"

# Keyboard layout, for programs that ask the system
RUN mkdir -p /etc/default \
    && printf '%s\n' \
        XKBMODEL=pc105 \
        XKBLAYOUT=de \
        > /etc/default/keyboard \
    && mkdir -p /etc/xdg/autostart \
    && printf '%s\n' \
        '[Desktop Entry]' \
        Type=Application \
        'Name=Keyboard layout' \
        TryExec=setxkbmap \
        'Exec=setxkbmap -layout de' \
        > /etc/xdg/autostart/trailer-keyboard.desktop
