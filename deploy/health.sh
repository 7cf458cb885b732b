#!/bin/bash
# The image's health check: asks /healthz by bash alone, which costs milliseconds where a Node.js would cost a tenth of a second.
# Docker leaves a container running that is unhealthy. So where HEALTH_PID_FILE names a file with the process's id, a process
# that gave no answer HEALTH_RETRIES times in a row is killed, and the restart policy starts another: others have gone on with its answers.
# One that has not answered yet is starting: on a slow machine the kill would come before its first answer, each time.
pid_file=${HEALTH_PID_FILE:-}
failures=${pid_file:+$pid_file.failures}
answered=${pid_file:+$pid_file.answered}
base=${BASE_PATH:-}

ask() {
  exec 3<>"/dev/tcp/127.0.0.1/$PORT" || return 1
  printf 'GET %s/healthz HTTP/1.0\r\n\r\n' "${base%/}" >&3
  IFS=' ' read -r -t "${HEALTH_TIMEOUT:-3}" -u 3 _ status _ && [ "$status" = 200 ]
}

if ask 2>/dev/null; then
  if [ -n "$pid_file" ]; then
    rm -f "$failures"
    touch "$answered"
  fi
  exit 0
fi
# Its id is written when it starts: an answer from before that was another one's.
if [ -n "$pid_file" ] && [ -r "$pid_file" ] && [ -e "$answered" ] && ! [ "$pid_file" -nt "$answered" ]; then
  echo >>"$failures"
  if [ "$(wc -l <"$failures")" -ge "${HEALTH_RETRIES:-3}" ]; then
    rm -f "$failures"
    kill -KILL "$(cat "$pid_file")"
  fi
fi
exit 1
