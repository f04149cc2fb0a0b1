FROM postgres:16
HEALTHCHECK \
    --interval=10s \
    # how long
    --timeout=2s \
    CMD pg_isready \
      --username postgres
STOPSIGNAL SIGINT
EXPOSE 5432
