# Stands in for redis:7-alpine: Debian's Redis, by its own user, in /data.
FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/*
WORKDIR /data
RUN chown redis /data
VOLUME /data
USER redis
EXPOSE 6379
CMD ["redis-server"]
