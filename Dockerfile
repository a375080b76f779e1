# heatsync as a command: mount a folder with your mappings at /data and run, for example,
#   docker run --rm -v "$PWD:/data" heatsync sync
FROM python:3.11-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/heatsync \
    && /opt/heatsync/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY connector connector
COPY adapters adapters
COPY mappings mappings
COPY state state
RUN /opt/heatsync/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 heatsync && install -d -o heatsync /data
COPY --from=build /opt/heatsync /opt/heatsync
ENV PATH=/opt/heatsync/bin:$PATH PYTHONUNBUFFERED=1
USER heatsync
WORKDIR /data
ENTRYPOINT ["heatsync"]
CMD ["--help"]
