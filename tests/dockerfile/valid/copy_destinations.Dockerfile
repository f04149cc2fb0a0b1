FROM debian:12
COPY a b ./
COPY a b .
COPY a b /x/.
COPY *.py /x
COPY a b $TARGET
COPY --chown=0:0 a b c/
ADD https://example.com/x.tgz https://example.com/y.tgz /tmp/
