# heatsync as a service, or as a command: docs/how-to/run-in-docker.md
#
# The tag names the version of Python. To pin one build of it as well, and for a mirror:
#   docker build --build-arg PYTHON=python:3.11.15-slim-bookworm@sha256:... --tag heatsync:local .
ARG PYTHON=python:3.11.15-slim-bookworm

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/heatsync \
    && /opt/heatsync/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY connector connector
COPY adapters adapters
COPY state state
# One by one: a mapping and data of somebody's may lie among them.
COPY mappings/__init__.py mappings/README.md mappings/schema.json mappings/
COPY mappings/presets mappings/presets
RUN /opt/heatsync/bin/pip install --no-deps --no-build-isolation .

FROM ${PYTHON}
LABEL org.opencontainers.image.title="heatsync" \
      org.opencontainers.image.description="Keeps the heat of every lead in sync" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 heatsync \
    && useradd --uid 10001 --gid 10001 --home-dir /data --shell /usr/sbin/nologin heatsync \
    && install -d -o heatsync -g heatsync -m 0750 /data
COPY --from=build /opt/heatsync /opt/heatsync
# Everything but /data and /tmp may be read-only; pip has compiled what Python would compile.
ENV PATH=/opt/heatsync/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HEATSYNC_HOST=0.0.0.0
# By number, so that Kubernetes sees that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Only that the process answers: a database or a platform that is down is no reason to restart it.
# No proxy of the environment stands between a container and itself.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-IS", "-c", "import os, urllib.request as u; u.build_opener(u.ProxyHandler({})).open('http://127.0.0.1:' + os.environ.get('HEATSYNC_PORT', '8080') + '/healthz', timeout=4)"]
ENTRYPOINT ["heatsync"]
CMD ["run"]
