#!/bin/sh
# Runs in the service certbot: fetches the certificate of SERVER_NAME through the folder that `web` shows to the
# certificate service, and renews it when it is due. It looks every twelve hours, and twenty minutes after a failure, which
# is as often as Let's Encrypt lets one fail. `web` notices a new certificate by itself.
set -eu

store=${VIGIA_CERTIFICATES:-/etc/letsencrypt}
alive=${VIGIA_ALIVE:-/tmp/alive}

say() { printf 'certbot: %s\n' "$*"; }

# Waits so many minutes; what looks after us sees that we are there, and a signal ends us at once.
rest() { # minutes
    left=$1
    while [ "$left" -gt 0 ]; do
        touch "$alive"
        sleep 60 &
        wait $!
        left=$((left - 1))
    done
}

run() {
    certbot "$@" --non-interactive --config-dir "$store" --work-dir /tmp/work --logs-dir /tmp/log
}

fetch() {
    set -- certonly --webroot --webroot-path /var/www/acme --domain "$SERVER_NAME" --cert-name "$SERVER_NAME" \
        --agree-tos --key-type ecdsa --keep-until-expiring
    if [ -n "${ACME_EMAIL:-}" ]; then set -- "$@" --email "$ACME_EMAIL"; else set -- "$@" --register-unsafely-without-email; fi
    if [ -n "${ACME_SERVER:-}" ]; then set -- "$@" --server "$ACME_SERVER"; fi
    run "$@"
}

has_files() { # folder
    [ -n "$(ls -A "$1" 2>/dev/null)" ]
}

# Whether the certificate in the place of ours is of somebody's own. certbot would see so only after it had fetched one, and of those
# there are a few a week.
is_foreign() {
    if [ ! -e "$store/renewal/$SERVER_NAME.conf" ]; then
        has_files "$store/live/$SERVER_NAME" || has_files "$store/archive/$SERVER_NAME"
    else
        # certbot's own are links.
        [ -f "$store/live/$SERVER_NAME/fullchain.pem" ] && [ ! -L "$store/live/$SERVER_NAME/fullchain.pem" ]
    fi
}

case ${ACME:-on} in
[Oo][Nn]) acme=on ;;
[Oo][Ff][Ff]) acme=off ;;
*)
    say "ACME in .env.production is '$ACME': on, or off where no certificate is to be fetched"
    exit 2
    ;;
esac
trap 'kill $! 2>/dev/null; exit 0' TERM INT
touch "$alive"
if [ $acme = off ]; then
    say 'ACME is off: no certificate is fetched'
    while :; do rest 720; done
fi
while :; do
    if is_foreign; then
        say "$SERVER_NAME has a certificate that certbot did not make, and none is fetched; back to one that renews itself: deploy/compose exec certbot sh -c 'cd /etc/letsencrypt && rm -rf live/$SERVER_NAME archive/$SERVER_NAME renewal/$SERVER_NAME.conf', then deploy/compose restart certbot; to stay: ACME=off"
        rest 20
    elif fetch; then
        rest 720
    else
        say "no certificate for $SERVER_NAME: docs/operations/certificate-renewal.md says what to look at; tried again in 20 minutes"
        rest 20
    fi
done
