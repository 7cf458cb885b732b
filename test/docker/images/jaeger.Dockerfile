# Stands in for jaegertracing/jaeger: as `npm run traces` has built it, its page left out.
FROM debian:trixie-slim
COPY jaeger /usr/local/bin/jaeger
ENV JAEGER_LISTEN_HOST=0.0.0.0
USER nobody
EXPOSE 4318 16686
ENTRYPOINT ["jaeger"]
