# Stand-in for the official Node image: Node and npm of the machine that builds this.
FROM debian:trixie-slim
RUN apt-get -qq update \
    && apt-get -qq install -y --no-install-recommends ca-certificates libstdc++6 libatomic1 \
    && rm -rf /var/lib/apt/lists/*
COPY . /usr/local
# Node brings authorities of its own; the machine's are needed where its registry has another one.
ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
RUN node --version && npm --version
