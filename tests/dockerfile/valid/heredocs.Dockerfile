FROM debian:12
RUN <<EOF
apt-get update
FROM nothing that counts
EOF
RUN <<-'SCRIPT' bash -e
	echo "$HOME is not expanded"
	SCRIPT
COPY <<one.conf <<"two conf" /etc/tool/
[one]
one.conf
# [two]
two conf
RUN python3 - <<PY && echo done
print("hello \\
there")
PY
ADD --chmod=644 <<EOF /etc/motd
welcome
EOF
COPY ["plain.txt", "/tmp/<<EOF"]
RUN echo "1 << 2" $((1<<2)) '<<EOF'
