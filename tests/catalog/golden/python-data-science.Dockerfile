# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Conda environments: made in a stage of their own, which has the installer; only the results are copied
FROM mambaorg/micromamba:2.8.1 AS trailer-environments
USER root
SHELL ["/bin/sh", "-c"]
ENV PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1
COPY .trailer/environments /opt/trailer/environments
RUN failed() { echo "The environment $1 could not be made; why is told above" >&2; exit 1; }; \
    cd /opt/trailer/environments || exit; \
    echo 'Environment data'; \
    micromamba create --yes --prefix /opt/conda/envs/data --file data/environment.yml \
        || failed data; \
    bash ./finish-environment data || failed data

# Base image
FROM debian:12-slim

# The steps below need root
USER root

# Conda environments, and ws-run, which runs a command in one: ws-run data COMMAND
COPY --from=trailer-environments /opt/conda/envs /opt/conda/envs
COPY .trailer/bin/ws-run /usr/local/bin/ws-run
RUN set -e; \
    [ -e /lib64/ld-linux-x86-64.so.2 ] || { \
        echo 'This base image has no glibc, which conda packages need: choose a base image with glibc, such as one of Debian, Ubuntu or Fedora' >&2; exit 1; }; \
    for name in data; do \
        python=/opt/conda/envs/$name/bin/python; \
        [ ! -e "$python" ] || "$python" -c '' || { \
            echo "Environment $name:" 'its Python does not start on this base image: choose a newer one' >&2; exit 1; }; \
    done

# User: 1000 workspace, group: 1000 workspace
COPY .trailer/workspace-user /opt/trailer/workspace-user
RUN /bin/sh /opt/trailer/workspace-user 1000 workspace 1000 workspace

USER 1000

# Startup command
STOPSIGNAL SIGTERM
ENTRYPOINT []
CMD ["/usr/local/bin/ws-run", "data", "/bin/sh", "-c", "exec jupyter lab --ip=0.0.0.0 --port=8888 --no-browser --notebook-dir=\"$HOME\""]
