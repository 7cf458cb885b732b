#!/bin/bash
# What the official image does with /etc/nginx/templates: each is filled in from the variables that NGINX_ENVSUBST_FILTER names.
set -e
names=$(compgen -e | grep -E "${NGINX_ENVSUBST_FILTER:-}" | sed 's/.*/${&}/' | tr '\n' ' ')
for template in /etc/nginx/templates/*.template; do
  to=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}/$(basename "$template" .template)
  envsubst "$names" <"$template" >"$to"
done
exec "$@"
