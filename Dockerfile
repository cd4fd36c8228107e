# The house in a container: `docker build -t countinghouse .`, then for instance
# `docker run --rm -v "$PWD/lake:/lake" -v "$PWD/files:/files:ro" countinghouse run --landing /files`.
FROM python:3.11-slim-bookworm AS build
WORKDIR /source
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml README.md LICENSE requirements.lock ./
COPY pipelines pipelines
COPY quality quality
COPY features features
COPY models models
COPY notebooks notebooks
COPY dbt_project dbt_project
# Only what the house needs at run time, each in the version of the lock and with its hash checked.
RUN uv build --wheel --out-dir /dist \
    && uv venv /opt/countinghouse \
    && VIRTUAL_ENV=/opt/countinghouse uv pip install --compile-bytecode \
        --constraint requirements.lock /dist/*.whl

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 countinghouse \
    && install --directory --owner countinghouse --mode 0700 /lake
COPY --from=build /opt/countinghouse /opt/countinghouse
ENV PATH=/opt/countinghouse/bin:$PATH \
    LAKE_ROOT=/lake \
    DAGSTER_DISABLE_TELEMETRY=yes \
    DBT_SEND_ANONYMOUS_USAGE_STATS=false \
    FEAST_USAGE=False \
    GX_ANALYTICS_ENABLED=false \
    DO_NOT_TRACK=1
USER 10001
WORKDIR /home/countinghouse
VOLUME /lake
ENTRYPOINT ["countinghouse"]
CMD ["--help"]
