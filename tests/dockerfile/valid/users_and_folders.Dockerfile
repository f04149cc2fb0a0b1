FROM debian:12
RUN useradd --create-home ada
USER ada
WORKDIR /home/ada
USER ada:users
USER 1000
ARG U="a b"
USER ${U:-a b}
WORKDIR with space
WORKDIR "$HOME"
