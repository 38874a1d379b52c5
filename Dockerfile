# One recipe for every process: `docker build --build-arg EXTRA=habits .`
# EXTRA names the list in requirements/, so that an image holds what its process imports and no more.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS dependencies
ARG EXTRA
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends binutils
COPY requirements/${EXTRA}.txt /tmp/requirements.txt
# No pip in the image; and no debug symbols, which are most of uvloop, asyncpg and SQLAlchemy, no tests, no headers.
RUN python -m venv --without-pip /venv \
 && pip --python /venv/bin/python install --no-cache-dir --no-compile --disable-pip-version-check \
      --require-hashes --requirement /tmp/requirements.txt \
 && find /venv/lib -type f -name '*.so*' -exec strip --strip-unneeded {} + \
 && find /venv/lib -depth -type d \( -name tests -o -name test \) -exec rm -rf {} + \
 && find /venv/lib -type f \( -name '*.pyi' -o -name '*.px[di]' -o -name '*.pyx' -o -name '*.[cha]' -o -name '*.hpp' \) -delete \
 && /venv/bin/python -m compileall -q /venv

FROM python:${PYTHON}-slim
ARG EXTRA
LABEL org.opencontainers.image.title="habit-tracker-${EXTRA}"
RUN groupadd --gid 10001 mesh \
 && useradd --uid 10001 --gid mesh --home-dir /app --no-create-home --shell /usr/sbin/nologin mesh \
 && install --directory --owner=mesh --group=mesh --mode=0700 /keys/private \
 && install --directory --owner=mesh --group=mesh --mode=0755 /keys/public \
 && install --directory --owner=mesh --group=mesh --mode=0700 /tls \
      /certificates/ca /certificates/auth /certificates/habits /certificates/analytics \
      /certificates/notifications /certificates/edge /certificates/scheduler
WORKDIR /app
COPY --from=dependencies /venv /venv
COPY contracts contracts
COPY chassis chassis
COPY rhythm rhythm
COPY services services
COPY edge edge
COPY web web
COPY scheduler scheduler
RUN /venv/bin/python -m compileall -q .
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
# What to run is in docker-compose.yml; an image without a command says what it is.
CMD ["python", "-c", "import os; print('habit-tracker image; see docker-compose.yml for its commands')"]
