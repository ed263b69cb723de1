# Stand-in for nginxinc/nginx-unprivileged: Debian's Nginx with the same user. No entry point: our image has its own.
FROM debian:trixie-slim
RUN groupadd --system --gid 101 nginx \
    && useradd --system --uid 101 --gid nginx --home-dir /var/cache/nginx --shell /usr/sbin/nologin nginx \
    && apt-get -qq update \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends ca-certificates nginx-light \
    && rm -rf /var/lib/apt/lists/* /etc/nginx/sites-* /etc/nginx/modules-enabled /etc/nginx/conf.d/*
USER 101
EXPOSE 8080
STOPSIGNAL SIGQUIT
