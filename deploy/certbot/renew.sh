#!/bin/sh
# Runs in the service certbot: fetches the certificate of SERVER_NAME through the folder that `web` shows to the
# certificate service, and renews it when it is due. It looks every twelve hours, and twenty minutes after a failure, which
# is as often as Let's Encrypt lets one fail. `web` notices a new certificate by itself.
set -eu

say() { printf 'certbot: %s\n' "$*"; }

# Waits so many minutes; what looks after us sees that we are there, and a signal ends us at once.
rest() { # minutes
    left=$1
    while [ "$left" -gt 0 ]; do
        touch /tmp/alive
        sleep 60 &
        wait $!
        left=$((left - 1))
    done
}

run() {
    certbot "$@" --non-interactive --config-dir /etc/letsencrypt --work-dir /tmp/work --logs-dir /tmp/log
}

fetch() {
    set -- certonly --webroot --webroot-path /var/www/acme --domain "$SERVER_NAME" --cert-name "$SERVER_NAME" \
        --agree-tos --key-type ecdsa --keep-until-expiring
    if [ -n "${ACME_EMAIL:-}" ]; then set -- "$@" --email "$ACME_EMAIL"; else set -- "$@" --register-unsafely-without-email; fi
    if [ -n "${ACME_SERVER:-}" ]; then set -- "$@" --server "$ACME_SERVER"; fi
    run "$@"
}

trap 'kill $! 2>/dev/null; exit 0' TERM INT
touch /tmp/alive
if [ "${ACME:-on}" = off ]; then
    say 'ACME is off: no certificate is fetched'
    while :; do rest 720; done
fi
while :; do
    if fetch; then
        rest 720
    else
        say "no certificate for $SERVER_NAME: docs/operations/certificate-renewal.md says what to look at; tried again in 20 minutes"
        rest 20
    fi
done
