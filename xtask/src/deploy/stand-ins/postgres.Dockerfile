# Stand-in for the official Postgres 17 image: Debian's, with the same user and paths. No entry point: our image has its own.
FROM debian:trixie-slim
RUN groupadd --system --gid 999 postgres \
    && useradd --system --uid 999 --gid postgres --home-dir /var/lib/postgresql --shell /bin/bash postgres \
    && apt-get -qq update \
    && mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
    && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends ca-certificates locales postgresql-17 \
    && echo 'en_US.UTF-8 UTF-8' > /etc/locale.gen && locale-gen > /dev/null \
    && rm -rf /var/lib/apt/lists/* /var/lib/postgresql/*
ENV LANG=en_US.utf8 PG_MAJOR=17 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/17/bin PGDATA=/var/lib/postgresql/data
RUN install -d -o postgres -g postgres -m 3777 /var/run/postgresql \
    && install -d -o postgres -g postgres -m 1777 "$PGDATA"
VOLUME /var/lib/postgresql/data
STOPSIGNAL SIGINT
EXPOSE 5432
CMD ["postgres"]
