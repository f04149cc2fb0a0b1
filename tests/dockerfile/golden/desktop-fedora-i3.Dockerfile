# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM lscr.io/linuxserver/webtop:fedora-i3

# The steps below need root
USER root

# Packages: code-server, Discord, Firefox, GIMP, JupyterLab, LibreOffice, Node.js and npm, OpenSSH
# server, SQLite, Telegram
RUN export HOME=/root \
    && case "$(uname -m)" in \
        x86_64) ;; \
        *) echo 'Discord is there for amd64 alone' >&2; exit 1 ;; \
    esac \
    && dnf install -y --setopt=install_weak_deps=False \
        discord \
        firefox \
        gimp \
        gzip \
        libreoffice-base \
        libreoffice-calc \
        libreoffice-impress \
        libreoffice-writer \
        nodejs \
        npm \
        openssh-server \
        python3 \
        sqlite \
        tar \
        xz \
    && dnf clean all \
    && rm -f \
        /etc/ssh/ssh_host_rsa_key \
        /etc/ssh/ssh_host_rsa_key.pub \
        /etc/ssh/ssh_host_ecdsa_key \
        /etc/ssh/ssh_host_ecdsa_key.pub \
        /etc/ssh/ssh_host_ed25519_key \
        /etc/ssh/ssh_host_ed25519_key.pub \
    && sed -i \
        -e 's#^Exec=\(/usr/bin/discord\|discord\)\( \|$\)#Exec=\1 --no-sandbox --password-store=basic\2#' \
        -e 's#^Exec=\(/usr/bin/Discord\|Discord\)\( \|$\)#Exec=\1 --no-sandbox --password-store=basic\2#' \
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

# Google Chrome, from its vendor
RUN export HOME=/root \
    && case "$(uname -m)" in \
        x86_64) address=https://dl.google.com/linux/direct/google-chrome-stable_current_x86_64.rpm ;; \
        *) echo 'Google Chrome is there for amd64 alone' >&2; exit 1 ;; \
    esac \
    && curl -fsSL -o /tmp/google-chrome.rpm "$address" \
    && dnf install -y --setopt=install_weak_deps=False \
        /tmp/google-chrome.rpm \
    && dnf clean all \
    && rm -f \
        /tmp/google-chrome.rpm \
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
    && printf '%s\n' \
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
    && printf '%s\n' \
        '[vscode]' \
        name=vscode \
        baseurl=https://packages.microsoft.com/yumrepos/vscode \
        enabled=1 \
        gpgcheck=1 \
        gpgkey=https://packages.microsoft.com/keys/microsoft.asc \
        > /etc/yum.repos.d/vscode.repo \
    && dnf install -y --setopt=install_weak_deps=False \
        code \
    && dnf clean all \
    && rm -f \
        /etc/yum.repos.d/vscode.repo \
    && sed -i \
        -e 's#^Exec=\(/usr/share/code/code\|code\)\( \|$\)#Exec=\1 --no-sandbox --password-store=basic\2#' \
        /usr/share/applications/*.desktop

# Language of the desktop
ENV LC_ALL="de_DE.UTF-8"

# Keyboard layout, for desktops on Wayland
ENV XKB_DEFAULT_LAYOUT="de"

# Keyboard layout, for programs that ask the system
RUN export HOME=/root \
    && dnf install -y --setopt=install_weak_deps=False \
        setxkbmap \
    && dnf clean all
