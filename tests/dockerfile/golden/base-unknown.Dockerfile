# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM registry.local:5000/team/base:1

# The steps below need root
ARG TRAILER_BASE_USER=root
USER root

# Packages: code-server, JupyterLab, kubectl, nginx, SQLite
RUN ID= ID_LIKE= \
    && { [ ! -r /etc/os-release ] || . /etc/os-release; } \
    && case " $ID $ID_LIKE " in \
    *" ubuntu "*|*" debian "*) \
        apt-get update \
        && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
            ca-certificates \
            curl \
            nginx \
            python3 \
            python3-venv \
            sqlite3 \
        && rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin \
        ;; \
    *" rhel "*|*" centos "*|*" ol "*|*" fedora "*) \
        dnf install -y --setopt=install_weak_deps=False \
            gzip \
            nginx \
            python3 \
            sqlite \
            tar \
        && dnf clean all \
        ;; \
    *" alpine "*) \
        echo 'code-server: its vendor has no build for musl, Alpine'"'"'s C library: choose another base image, or leave it out' >&2; exit 1 \
        ;; \
    *" arch "*) \
        pacman -Sy --noconfirm --needed \
            ca-certificates \
            curl \
            kubectl \
            nginx \
            python \
            sqlite \
        && rm -rf /var/cache/pacman/pkg/* /var/lib/pacman/sync/* \
        ;; \
    *" suse "*|*" opensuse "*) \
        echo 'JupyterLab: Leap'"'"'s Python 3.6 is too old for it; kubectl: not verified on openSUSE: choose another base image, or leave it out' >&2; exit 1 \
        ;; \
    *) \
        echo 'Packages: code-server, JupyterLab, kubectl, nginx, SQLite: Trailer does not know this base image'"'"'s distribution: choose another base image, or leave it out' >&2; exit 1 \
        ;; \
    esac

# code-server, from its vendor
RUN ID= ID_LIKE= \
    && { [ ! -r /etc/os-release ] || . /etc/os-release; } \
    && case " $ID $ID_LIKE " in \
    *" ubuntu "*|*" debian "*|*" rhel "*|*" centos "*|*" ol "*|*" fedora "*|*" arch "*|*" suse "*|*" opensuse "*) \
        case "$(uname -m)" in \
            x86_64) address=https://github.com/coder/code-server/releases/download/v4.112.0/code-server-4.112.0-linux-amd64.tar.gz ;; \
            aarch64) address=https://github.com/coder/code-server/releases/download/v4.112.0/code-server-4.112.0-linux-arm64.tar.gz ;; \
            *) echo 'code-server is there for amd64 and arm64 alone' >&2; exit 1 ;; \
        esac \
        && curl -fsSL -o /tmp/code-server.archive "$address" \
        && mkdir -p /opt/code-server \
        && tar -xf /tmp/code-server.archive -C /opt/code-server --no-same-owner --strip-components=1 \
        && rm -f \
            /tmp/code-server.archive \
        && ln -sf /opt/code-server/bin/code-server /usr/local/bin/ \
        ;; \
    *" alpine "*) \
        echo 'code-server: its vendor has no build for musl, Alpine'"'"'s C library: choose another base image, or leave it out' >&2; exit 1 \
        ;; \
    *) \
        echo 'code-server, from its vendor: Trailer does not know this base image'"'"'s distribution: choose another base image, or leave it out' >&2; exit 1 \
        ;; \
    esac

# JupyterLab, in a Python environment of its own
RUN ID= ID_LIKE= \
    && { [ ! -r /etc/os-release ] || . /etc/os-release; } \
    && case " $ID $ID_LIKE " in \
    *" ubuntu "*|*" debian "*|*" rhel "*|*" centos "*|*" ol "*|*" fedora "*|*" alpine "*|*" arch "*) \
        /usr/bin/python3 -m venv /opt/jupyter \
        && /opt/jupyter/bin/pip install --no-cache-dir \
            jupyterlab \
        && ln -sf /opt/jupyter/bin/jupyter /usr/local/bin/ \
        && ln -sf /opt/jupyter/bin/jupyter-lab /usr/local/bin/ \
        ;; \
    *" suse "*|*" opensuse "*) \
        echo 'JupyterLab: Leap'"'"'s Python 3.6 is too old for it: choose another base image, or leave it out' >&2; exit 1 \
        ;; \
    *) \
        echo 'JupyterLab, in a Python environment of its own: Trailer does not know this base image'"'"'s distribution: choose another base image, or leave it out' >&2; exit 1 \
        ;; \
    esac

# kubectl, from its vendor
RUN ID= ID_LIKE= \
    && { [ ! -r /etc/os-release ] || . /etc/os-release; } \
    && case " $ID $ID_LIKE " in \
    *" ubuntu "*|*" debian "*) \
        mkdir -p /etc/apt/keyrings \
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
            /etc/apt/keyrings/kubernetes.asc \
        ;; \
    *" rhel "*|*" centos "*|*" ol "*|*" fedora "*) \
        printf '%s\n' \
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
            /etc/yum.repos.d/kubernetes.repo \
        ;; \
    *" alpine "*|*" arch "*) \
        : \
        ;; \
    *" suse "*|*" opensuse "*) \
        echo 'kubectl: not verified on openSUSE: choose another base image, or leave it out' >&2; exit 1 \
        ;; \
    *) \
        echo 'kubectl, from its vendor: Trailer does not know this base image'"'"'s distribution: choose another base image, or leave it out' >&2; exit 1 \
        ;; \
    esac

USER ${TRAILER_BASE_USER}
