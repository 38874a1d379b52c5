# syntax=docker/dockerfile:1
# One recipe for every process: `docker build --build-arg EXTRA=habits .`
# EXTRA names the list in requirements/, so that an image holds what its process imports and no more.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS dependencies
ARG EXTRA
COPY requirements/${EXTRA}.txt /tmp/requirements.txt
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement /tmp/requirements.txt \
 && /venv/bin/python -m compileall -q /venv

FROM python:${PYTHON}-slim
ARG EXTRA
LABEL org.opencontainers.image.title="habit-tracker-${EXTRA}"
RUN groupadd --gid 10001 mesh \
 && useradd --uid 10001 --gid mesh --home-dir /app --no-create-home --shell /usr/sbin/nologin mesh \
 && install --directory --owner=mesh --group=mesh --mode=0700 /keys/private \
 && install --directory --owner=mesh --group=mesh --mode=0755 /keys/public
WORKDIR /app
COPY --from=dependencies /venv /venv
COPY contracts contracts
COPY chassis chassis
COPY rhythm rhythm
COPY services services
COPY edge edge
COPY scheduler scheduler
RUN /venv/bin/python -m compileall -q .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
# What to run is in docker-compose.yml; an image without a command says what it is.
CMD ["python", "-c", "import os; print('habit-tracker image; see docker-compose.yml for its commands')"]
