FROM debian:12 AS Build
FROM BUILD as next.stage_2
COPY --from=bUiLd /a /b
FROM scratch
COPY --from=next.stage_2 /b /
FROM SCRATCH
