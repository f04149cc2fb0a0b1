FROM debian:12
RUN <<A
true
A
RUN <<A
A
WORKDIR /x
