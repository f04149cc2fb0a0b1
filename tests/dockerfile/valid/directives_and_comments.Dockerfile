# syntax = docker/dockerfile:1.7
# check=skip=all
# unknown=value
# escape=\
# not a directive any more: escape=`
FROM debian:12
# FROM nothing
RUN echo \
# in the middle
one
