FROM debian:12
LABEL name="Grüße, 世界 😀"
RUN printf '\033[31m%s\n' 'red' # not a comment
RUN echo '[bold]markup[/bold]'
