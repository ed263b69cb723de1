# Stand-in for certbot/certbot: Debian's Certbot with the same entry point and paths.
FROM debian:trixie-slim
RUN apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends ca-certificates certbot openssl \
    && rm -rf /var/lib/apt/lists/* /etc/cron.d/certbot \
    && ln -sf /usr/bin/certbot /usr/local/bin/certbot
WORKDIR /opt/certbot
VOLUME ["/etc/letsencrypt", "/var/lib/letsencrypt"]
ENTRYPOINT ["certbot"]
