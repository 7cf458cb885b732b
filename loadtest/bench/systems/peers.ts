import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where Debian puts nginx's modules. */
const NCHAN = '/usr/lib/nginx/modules/ngx_nchan_module.so'
/** Where deploy/setup.mjs has Go install it. */
const TOOLS = join(import.meta.dirname, '../../../.baton/tools')

export function hasNchan(): boolean {
  return existsSync(NCHAN)
}

/** The path of nats-server; undefined where there is none. */
export function findNats(): string | undefined {
  const directories = [TOOLS, ...(process.env.PATH ?? '').split(delimiter)]
  return directories.map((directory) => join(directory, 'nats-server')).find((path) => existsSync(path))
}

/** nginx with Nchan on `port`: events over its WebSockets, stored in Redis, and all other requests to the app. */
export function nchanConfiguration(port: number, publishPort: number, appPort: number, redisUrl: string): string {
  return `
load_module ${NCHAN};
worker_processes 1;
error_log stderr warn;
pid nginx.pid;
events { worker_connections 32768; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  nchan_shared_memory_size 256M;
  upstream storage { nchan_redis_server ${redisUrl}; }
  upstream app { server 127.0.0.1:${appPort}; keepalive 64; }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location ~ ^/events/(.+)$ {
      nchan_subscriber websocket;
      nchan_channel_id $1;
      nchan_message_buffer_length 10000;
      nchan_message_timeout 1h;
      nchan_redis_pass storage;
    }
    location / {
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
  server {
    listen 127.0.0.1:${publishPort} backlog=4096;
    keepalive_requests 100000000;
    location ~ ^/publish/(.+)$ {
      nchan_publisher;
      nchan_channel_id $1;
      nchan_message_buffer_length 10000;
      nchan_message_timeout 1h;
      nchan_redis_pass storage;
    }
  }
}
`
}
