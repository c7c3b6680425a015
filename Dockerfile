# The registry alone; compose.yaml puts a PostgreSQL beside it.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/registry && /opt/registry/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY vocab vocab
COPY harvester harvester
COPY registry registry
RUN /opt/registry/bin/pip install --no-cache-dir --no-deps .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/registry --create-home registry
COPY --from=build /opt/registry /opt/registry
COPY config /etc/registry/config
ENV PATH=/opt/registry/bin:$PATH PYTHONUNBUFFERED=1 MODREG_HOME=/var/lib/registry
# `config/registry.toml` is found from here.
WORKDIR /etc/registry
USER registry
VOLUME /var/lib/registry
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["modreg", "up", "--host", "0.0.0.0", "--port", "8000"]
