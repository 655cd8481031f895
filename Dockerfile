# askmd in a container: docker build -t askmd . && docker run --init -p 8000:8000 askmd
# Your own notes: -v "$PWD/docs:/notes:ro". The sandbox wants user namespaces, which a container's default profile denies:
# there Python examples run in one sealed process, and /readyz says what that tier does not stop.

FROM python:3.11-slim-bookworm AS base
RUN apt-get update \
 && apt-get install -y --no-install-recommends bubblewrap nodejs util-linux \
 && rm -rf /var/lib/apt/lists/*

FROM base AS build
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements.lock ./
# PyTorch only exports the model when the index is built. Its CPU wheels stand on an index of their own: name it here.
ARG TORCH_INDEX_URL
RUN /app/.venv/bin/pip install --no-cache-dir ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} "$(grep '^torch==' requirements.lock)"
RUN /app/.venv/bin/pip install --no-cache-dir -r requirements.lock
COPY pyproject.toml README.md ./
COPY corpus corpus
COPY index index
COPY service service
RUN /app/.venv/bin/pip install --no-cache-dir --no-deps -e .
# The exported model and the shipped notes' index go into the image, so that a container answers at once.
RUN ASKMD_MODELS=/app/models ASKMD_DATA=/data /app/.venv/bin/askmd index --notes /app/corpus/notes --no-run

FROM base AS serve
RUN useradd --system --uid 10001 --home-dir /nonexistent askmd
COPY --from=build /app /app
COPY --from=build --chown=askmd /data /data
COPY corpus/notes /notes
RUN chown -R askmd /app/models
ENV PATH=/app/.venv/bin:$PATH ASKMD_NOTES=/notes ASKMD_DATA=/data ASKMD_MODELS=/app/models ASKMD_HOST=0.0.0.0
WORKDIR /app
USER askmd
VOLUME ["/data"]
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["askmd", "serve"]
