FROM debian:12
RUN echo a\\
RUN echo 'C:\\'
RUN echo one\
 two
