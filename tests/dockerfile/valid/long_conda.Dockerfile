FROM continuumio/miniconda3
LABEL maintainer="ada@example.com"
RUN set -eux; \
    \
    apt-get update; \
    apt-get install -y --no-install-recommends \
        # compilers
        gcc \
        g++ \

        git \
    ; \
    rm -rf /var/lib/apt/lists/*; \
    echo 'a \\' "b \"c" `date` $(date) ${HOME:+x} ${A##*/}
COPY environment.yml /tmp/
RUN conda env create -f /tmp/environment.yml && conda clean -afy
