# Stands in for nginx:1.29-alpine: the nginx of Debian's next release, with the templates of the official image's entrypoint.
FROM debian:trixie-slim
RUN sed 's/trixie/forky/' /etc/apt/sources.list > /etc/apt/sources.list.d/forky.list \
  && apt-get -o Acquire::Check-Valid-Until=false update \
  && apt-get install -y --no-install-recommends nginx gettext-base wget && rm -rf /var/lib/apt/lists/* \
  && ln -sf /dev/stdout /var/log/nginx/access.log && ln -sf /dev/stderr /var/log/nginx/error.log
COPY nginx-entrypoint.sh /docker-entrypoint.sh
ENTRYPOINT ["bash", "/docker-entrypoint.sh"]
EXPOSE 80
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off;"]
