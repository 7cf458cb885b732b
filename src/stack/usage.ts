export const usage = `npm start: runs Baton on this machine: Redis, gateways, nginx and, where no provider is given, a demo model.
Ctrl-C ends all of it.

Settings are environment variables, as in: PORT=9000 REPLICAS=5 npm start

  PORT                port of nginx, so of the chat page       8080   (0: any free one)
  HOST                address that nginx listens on            127.0.0.1
  BASE_PATH           prefix of every path, such as /chat
  REPLICAS            gateways                                 3
  DATA_DIR            where Redis's data and the logs are      .baton
  RESTART_DELAY_MS    from a process's death to its restart    5000
  HEALTH_TIMEOUT_MS   silence after which one is killed        10000
  STORE=memory        one replica without Redis; everything is lost when it ends
  REDIS_URL           a Redis of yours; several: a Cluster. REDIS_SENTINELS + REDIS_MASTER: a Sentinel group
  OPENAI_API_KEY      a provider of yours, with OPENAI_BASE_URL, LLM_MODEL, LLM_API (chat | responses)
  LOG_LEVEL           show what the gateways log, from this level on (default: warnings; all is in DATA_DIR/logs)

Every other setting of the gateway is passed on to it; docs/operations.md lists them. A secret can be read from a file:
OPENAI_API_KEY_FILE=/run/secrets/key npm start

Exit code: 0 stopped by Ctrl-C, 1 it could not start, 2 a wrong argument.
`
