FROM debian:12
ENV PATH=/opt/bin:$PATH LANG=C.UTF-8 \
    A="two words" B=two\ words C='single $quote' D=
ENV OLD form of = environment
ENV GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305 TOKEN_FILE=/run/secrets/token
LABEL org.opencontainers.image.title="A tool" \
      "quoted name"=value
