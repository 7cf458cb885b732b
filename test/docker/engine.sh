#!/bin/bash
# bash engine.sh <data root> <command…>: runs the command beside a Docker engine of its own. To be run by
#   unshare --mount --pid --fork --kill-child --mount-proc
# so that everything ends with it. The engine has a network of its own, too: no rule, route or port of the machine's is touched.
# It reaches the outside as an ordinary program does, through slirp4netns.
set -euo pipefail
unset DOCKER_HOST DOCKER_CONTEXT
data=$1
shift

# Its socket and its state are where Docker's always are, in a /run that nobody else sees.
mount -t tmpfs tmpfs /run
echo 'nameserver 10.0.2.3' >/run/resolv.conf
mount --bind /run/resolv.conf /etc/resolv.conf

unshare --net sleep infinity &
network=$!
until [ "$(readlink "/proc/$network/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
slirp4netns --configure --mtu=65520 --disable-host-loopback "$network" tap0 >/dev/null &
in_network() { nsenter --target "$network" --net "$@"; }
in_network ip link set lo up
until in_network ip route | grep -q default; do sleep 0.05; done

in_network dockerd --data-root "$data" --exec-root /run/docker --pidfile /run/docker.pid --cgroup-parent /baton-docker >"$data.log" 2>&1 &
engine=$!
until docker info >/dev/null 2>&1; do
  kill -0 "$engine" 2>/dev/null || { tail -n 3 "$data.log" >&2; exit 1; }
  sleep 0.1
done

# Of a run that was ended in the middle.
docker ps --all --quiet | xargs --no-run-if-empty docker rm --force --volumes >/dev/null
docker network prune --force >/dev/null

status=0
in_network "$@" || status=$?
kill "$engine" && wait "$engine" || true
rmdir /sys/fs/cgroup/*/baton-docker 2>/dev/null || true
exit "$status"
