FROM debian:12
RUN [ -f /etc/passwd ] && echo yes
RUN [ "$HOME" = /root ] || exit 1
RUN [[ -d /tmp ]]; true
CMD [ -x /bin/sh ] && exec sh
