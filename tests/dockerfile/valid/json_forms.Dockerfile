FROM debian:12
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN ["apt-get", "update"]
VOLUME ["/data", "/var/log"]
VOLUME /one /two
COPY ["with space.txt", "other.txt", "/tmp/"]
ENTRYPOINT []
CMD [ "a" , "b\u0020c" ]
