# Stand-in for ghcr.io/letsencrypt/pebble: Debian's Pebble, with the same entry point.
FROM debian:trixie-slim
RUN apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends pebble \
    && rm -rf /var/lib/apt/lists/*
EXPOSE 14000 15000
ENTRYPOINT ["/usr/bin/pebble"]
