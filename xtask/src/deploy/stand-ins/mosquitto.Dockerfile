# Stand-in for eclipse-mosquitto: Debian's Mosquitto with the same user and paths.
FROM debian:trixie-slim
RUN groupadd --system --gid 1883 mosquitto && useradd --system --uid 1883 --gid mosquitto mosquitto \
    && apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends ca-certificates mosquitto mosquitto-clients \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o mosquitto -g mosquitto /mosquitto /mosquitto/config /mosquitto/data /mosquitto/log
VOLUME ["/mosquitto/data", "/mosquitto/log"]
EXPOSE 1883
CMD ["/usr/sbin/mosquitto", "-c", "/mosquitto/config/mosquitto.conf"]
