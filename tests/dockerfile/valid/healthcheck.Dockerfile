FROM nginx:1.27
HEALTHCHECK --interval=5m --timeout=3s --start-period=1m30s --retries=3 \
  CMD curl -f http://localhost/ || exit 1
FROM nginx:1.27
HEALTHCHECK NONE
FROM nginx:1.27
HEALTHCHECK --interval=1h0.5s --timeout=500ms CMD ["curl", "-f", "http://localhost/"]
