FROM debian:12
ARG PUBLIC_KEY KEYBOARD=us MONKEY=1 TOKENIZERS_PARALLELISM=false
ENV PWD=/x SSH_AUTH_SOCK=/run/ssh PASSWORD_FILE=/run/secrets/p
RUN --mount=type=secret,id=password,target=/run/secrets/p cat /run/secrets/p
