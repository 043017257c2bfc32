# One image a service, from one file: `docker build --target api .` (or worker, notifier).
# The same images run under compose, on one box and on ECS; the environment alone tells them apart.
FROM node:24-bookworm-slim AS base
WORKDIR /app

FROM base AS manifests
COPY package.json package-lock.json .npmrc ./
COPY domain/package.json domain/
COPY adapters/package.json adapters/
COPY api/package.json api/
COPY worker/package.json worker/
COPY notifier/package.json notifier/
COPY standalone/package.json standalone/
COPY cli/package.json cli/
COPY e2e/package.json e2e/
COPY loadtest/package.json loadtest/
COPY web/package.json web/

FROM manifests AS packages
RUN npm ci --ignore-scripts --omit=optional --no-audit --no-fund

FROM packages AS built
COPY tsconfig.json tsconfig.base.json ./
COPY domain domain
COPY adapters adapters
COPY api api
COPY worker worker
COPY notifier notifier
RUN node_modules/.bin/tsc --build api worker notifier

# The bundler is native: its binary is an optional package.
FROM manifests AS page
RUN npm ci --ignore-scripts --workspace web --include=optional --no-audit --no-fund
COPY tsconfig.base.json ./
COPY domain domain
COPY test_sample/en-one-minute.mp3 test_sample/
COPY web web
RUN npm run build --workspace web

FROM packages AS runtime-packages
RUN npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/nodejs-whisper/cpp

# The engine takes minutes, since it carries code for every generation of processors: it hangs on whisper.cpp's sources and on the
# script that builds them with its lock, and on nothing else.
FROM base AS engine
RUN apt-get update \
  && apt-get install -y --no-install-recommends cmake g++ make \
  && rm -rf /var/lib/apt/lists/*
COPY --from=packages /app/node_modules/nodejs-whisper node_modules/nodejs-whisper
COPY adapters/package.json adapters/
COPY adapters/src/program/take-lock.ts adapters/src/program/
COPY standalone/src/build-engine.ts standalone/src/
COPY standalone/src/engine standalone/src/engine
RUN echo '{"type": "module"}' >package.json \
  && mkdir -p node_modules/@verbatim && ln -s ../../adapters node_modules/@verbatim/adapters \
  && node --conditions=source standalone/src/build-engine.ts --portable --out /opt/engine

# What runs: no compilers, no sources, no development packages.
FROM base AS runtime
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0 HEALTH_HOST=0.0.0.0
RUN mkdir -p /data /models /scratch && chown node:node /data /models /scratch
USER node

FROM runtime AS api
COPY --from=runtime-packages /app ./
COPY --from=built /app/domain/dist domain/dist
COPY --from=built /app/adapters/dist adapters/dist
COPY --from=built /app/api/dist api/dist
COPY --from=page /app/web/dist web/dist
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD node adapters/dist/program/check-health.js ${PORT:-8000}
CMD ["node", "api/dist/main.js"]

FROM runtime AS notifier
COPY --from=runtime-packages /app ./
COPY --from=built /app/domain/dist domain/dist
COPY --from=built /app/adapters/dist adapters/dist
COPY --from=built /app/notifier/dist notifier/dist
EXPOSE 8082
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD node adapters/dist/program/check-health.js ${NOTIFIER_HEALTH_PORT:-8082}
CMD ["node", "notifier/dist/main.js"]

FROM runtime AS worker
USER root
# Debian's ffmpeg, not a static one: what opens strangers' files gets Debian's security updates with every build, and
# scanners see its packages. Left out are the drivers for graphics cards that it drags along (libLLVM alone is 117 MB)
# and loads only to show or encode pictures.
RUN printf 'path-exclude=/usr/lib/*/%s\n' 'dri/*' 'libLLVM*' 'libz3.so*' 'libmfxhw64*' 'mfx/*' \
    >/etc/dpkg/dpkg.cfg.d/no-graphics \
  && apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg libgomp1 \
  && apt-get clean && rm -rf /var/lib/apt/lists/*
USER node
COPY --from=engine /opt/engine /opt/engine
COPY worker/models worker/models
COPY --from=runtime-packages /app ./
COPY --from=built /app/domain/dist domain/dist
COPY --from=built /app/adapters/dist adapters/dist
COPY --from=built /app/worker/dist worker/dist
ENV WHISPER_SERVER=/opt/engine/whisper-server MODELS_DIR=/models WORK_DIR=/scratch
EXPOSE 8081
# A first start fetches a model before it is ready.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30m \
  CMD node adapters/dist/program/check-health.js ${WORKER_HEALTH_PORT:-8081}
CMD ["node", "worker/dist/main.js"]
