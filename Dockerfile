# One image a service, from one file: `docker build --target api .` (or worker, notifier).
# The same images run under compose, on one box and on ECS; the environment alone tells them apart.

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY domain/package.json domain/
COPY adapters/package.json adapters/
COPY api/package.json api/
COPY worker/package.json worker/
COPY notifier/package.json notifier/
COPY standalone/package.json standalone/
COPY e2e/package.json e2e/
COPY loadtest/package.json loadtest/
RUN npm ci --ignore-scripts --omit=optional

FROM packages AS built
COPY tsconfig.json tsconfig.base.json ./
COPY domain domain
COPY adapters adapters
COPY api api
COPY worker worker
COPY notifier notifier
RUN npx tsc --build api worker notifier

# The engine changes seldom and takes minutes: it depends on its own script and the locked packages only.
FROM packages AS engine
RUN apt-get update \
  && apt-get install -y --no-install-recommends cmake g++ make \
  && rm -rf /var/lib/apt/lists/*
COPY standalone/src standalone/src
RUN node standalone/src/build-engine.ts --portable --out /opt/engine

# What runs: no compilers, no sources, no development packages.
FROM node:24-bookworm-slim AS runtime-packages
WORKDIR /app
COPY --from=packages /app /app
RUN npm prune --omit=dev --omit=optional --ignore-scripts \
  && rm -rf node_modules/nodejs-whisper/cpp

FROM node:24-bookworm-slim AS runtime
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0 HEALTH_HOST=0.0.0.0
WORKDIR /app
RUN mkdir -p /data /models /scratch && chown node:node /data /models /scratch
COPY --from=runtime-packages /app/package.json ./
COPY --from=runtime-packages /app/node_modules node_modules
COPY --from=built /app/domain/package.json domain/package.json
COPY --from=built /app/domain/dist domain/dist
COPY --from=built /app/adapters/package.json adapters/package.json
COPY --from=built /app/adapters/dist adapters/dist
USER node

FROM runtime AS api
COPY --from=built /app/api/package.json api/package.json
COPY --from=built /app/api/dist api/dist
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.PORT||8000)+'/health/ready').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "api/dist/main.js"]

FROM runtime AS notifier
COPY --from=built /app/notifier/package.json notifier/package.json
COPY --from=built /app/notifier/dist notifier/dist
EXPOSE 8082
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8082/health/ready').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "notifier/dist/main.js"]

FROM runtime AS worker
USER root
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg libgomp1 util-linux \
  && rm -rf /var/lib/apt/lists/*
USER node
COPY --from=engine /opt/engine /opt/engine
COPY --from=built /app/worker/package.json worker/package.json
COPY --from=built /app/worker/dist worker/dist
COPY worker/models worker/models
ENV WHISPER_SERVER=/opt/engine/whisper-server MODELS_DIR=/models WORK_DIR=/scratch
EXPOSE 8081
# A first start fetches a model before it is ready.
HEALTHCHECK --interval=5s --timeout=4s --start-period=1800s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8081/health/ready').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "worker/dist/main.js"]
