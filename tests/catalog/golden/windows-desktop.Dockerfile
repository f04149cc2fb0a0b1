# Written by Trailer from the settings of this image: edit those,
# the next build writes this text anew.

# Base image
FROM dockurr/windows:6.05

# What the installation of Windows is told at the first start
ENV VERSION="11" \
    USERNAME="Docker"
