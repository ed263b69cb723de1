#!/usr/bin/env bash
# Starts Nginx in the web image and keeps it current. It writes the configuration for the name and the Nginx it finds, takes
# a certificate of its own making until another one is there, and loads a new certificate as soon as it is.
# Everything it writes is in $RUN, in memory; the rest of the file system may be read-only.
set -euo pipefail

say() { printf 'web: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

SOURCE=${SOURCE:-/etc/nginx/vigia-web}
RUN=${RUN:-/tmp/vigia-web}
PAGES_DIR=${PAGES_DIR:-/srv/vigia/www}
ACME_DIR=${ACME_DIR:-/var/www/acme}
MIME_TYPES=${MIME_TYPES:-/etc/nginx/mime.types}
LISTEN_HTTP=${LISTEN_HTTP:-8080}
LISTEN_HTTPS=${LISTEN_HTTPS:-8443}
LISTEN_STATUS=${LISTEN_STATUS:-8081}
API_UPSTREAM=${API_UPSTREAM:-api:3002}
# How often it looks for a new certificate, in seconds.
WATCH_SECONDS=${WATCH_SECONDS:-10}
# How long before its end it makes a certificate of its own anew, in seconds: ten days of thirty.
RENEW_SECONDS=${RENEW_SECONDS:-864000}

# The name people use: SERVER_NAME, else that of PUBLIC_URL.
public=${PUBLIC_URL:-}
authority=${public#*://}
authority=${authority%%/*}
SERVER_NAME=${SERVER_NAME:-${authority%%:*}}
[[ -n $SERVER_NAME ]] || stop 'SERVER_NAME is missing: the name people use, for example telemetry.example.com'
[[ $SERVER_NAME =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] ||
    stop "SERVER_NAME is '$SERVER_NAME', and must be one host name, for example telemetry.example.com"
HTTPS_SUFFIX=
[[ $public == https://* && $authority == *:* && ${authority##*:} != 443 ]] && HTTPS_SUFFIX=:${authority##*:}
[[ $HTTPS_SUFFIX =~ ^(:[0-9]{1,5})?$ ]] || stop "PUBLIC_URL is '$public', and its port is none"
[[ $API_UPSTREAM =~ ^[A-Za-z0-9.-]+:[0-9]{1,5}$ ]] ||
    stop "API_UPSTREAM is '$API_UPSTREAM', and must be a host and a port, for example api:3002"
CERT_DIR=${CERT_DIR:-/etc/letsencrypt/live/$SERVER_NAME}

# Whether Nginx is at least this version.
nginx_is() {
    [[ $(printf '%s\n%s\n' "$1" "$version" | sort -V | head -n 1) == "$1" ]]
}

# The backend's address. A container made anew has another one, and Nginx has to ask again.
write_upstream() {
    local host=${API_UPSTREAM%:*} resolver
    resolver=${NGINX_RESOLVER:-$(awk '$1 == "nameserver" && $2 !~ /:/ { print $2; exit }' /etc/resolv.conf)}
    # shellcheck disable=SC2016 # Nginx's variable
    printf 'map "" $vigia_api { default %s; }\n' "$1"
    if [[ $host =~ ^[0-9.]+$ ]]; then
        printf 'upstream vigia_api { zone vigia_backend 128k; server %s; keepalive 32; }\n' "$API_UPSTREAM"
        return
    fi
    [[ -n $resolver ]] || stop "who resolves the name $host? /etc/resolv.conf names no server; set NGINX_RESOLVER"
    printf 'resolver %s valid=5s ipv6=off;\nresolver_timeout 3s;\n' "$resolver"
    if [[ $1 == vigia_api ]]; then
        printf 'upstream vigia_api { zone vigia_backend 128k; server %s resolve; keepalive 32; }\n' "$API_UPSTREAM"
    fi
}

# Whether a certificate and a key belong together.
is_pair() {
    [[ -r $1 && -r $2 ]] &&
        cmp -s <(openssl x509 -in "$1" -noout -pubkey 2>/dev/null) <(openssl pkey -in "$2" -pubout 2>/dev/null) &&
        openssl x509 -in "$1" -noout 2>/dev/null
}

# Says what is wrong once, not every ten seconds.
complaint=
complain() {
    [[ $complaint == "$1" ]] || say "$1"
    complaint=$1
}

# Puts the certificate in $RUN/tls.new in the place of the one in use.
swap_certificate() {
    rm -rf "$RUN/tls.old"
    [[ ! -d $RUN/tls ]] || mv "$RUN/tls" "$RUN/tls.old"
    mv "$RUN/tls.new" "$RUN/tls"
}

# Takes the certificate that certbot, or whoever has one, put there, if it is whole and new. Certificate and key are replaced one after the other, so a pair
# that does not fit is left alone until it does.
take_certificate() {
    local new=$RUN/tls.new
    if [[ ! -r $CERT_DIR/fullchain.pem || ! -r $CERT_DIR/privkey.pem ]]; then
        # What root alone may read does not even seem to be there, but for this.
        [[ ! -e $CERT_DIR/fullchain.pem ]] || complain "user $EUID may not read $CERT_DIR/privkey.pem: the two files are to be that user's"
        return 1
    fi
    cmp -s "$CERT_DIR/fullchain.pem" "$RUN/tls/fullchain.pem" && cmp -s "$CERT_DIR/privkey.pem" "$RUN/tls/privkey.pem" &&
        return 1
    rm -rf "$new"
    mkdir "$new" && cp -L "$CERT_DIR/fullchain.pem" "$CERT_DIR/privkey.pem" "$new"/ || return 1
    if ! is_pair "$new/fullchain.pem" "$new/privkey.pem"; then
        complain "certificate and key in $CERT_DIR do not fit together: waiting for those that do"
        return 1
    fi
    complaint=
    swap_certificate
}

# One of its own; the file beside it says that it is.
make_certificate() {
    local new=$RUN/tls.new
    rm -rf "$new"
    mkdir "$new" || return 1
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=$SERVER_NAME" \
        -addext "subjectAltName=DNS:$SERVER_NAME" -keyout "$new/privkey.pem" -out "$new/fullchain.pem" 2>/dev/null || return 1
    touch "$new/own"
    swap_certificate
    say "no certificate to be had in $CERT_DIR: made one of its own for thirty days, which browsers do not trust"
}

# Makes its own anew before it ends, where there still is no other.
renew_own() {
    [[ -e $RUN/tls/own ]] || return 1
    ! openssl x509 -in "$RUN/tls/fullchain.pem" -noout -checkend "$RENEW_SECONDS" >/dev/null && make_certificate
}

write_configuration() {
    local text name group=vigia_api
    local -A value=(
        [RUN]=$RUN [MIME_TYPES]=$MIME_TYPES [PAGES_DIR]=$PAGES_DIR [ACME_DIR]=$ACME_DIR [SERVER_NAME]=$SERVER_NAME
        [LISTEN_HTTP]=$LISTEN_HTTP [LISTEN_HTTPS]=$LISTEN_HTTPS [HTTPS_SUFFIX]=$HTTPS_SUFFIX [LISTEN_STATUS]=$LISTEN_STATUS
        [H2_PARAMETER]='' [H2_DIRECTIVE]=''
    )
    if nginx_is 1.25.1; then value[H2_DIRECTIVE]='http2 on;'; else value[H2_PARAMETER]=' http2'; fi
    # Before 1.27.3 a group cannot ask again, but a name in a variable is asked for at each request.
    nginx_is 1.27.3 || [[ ${API_UPSTREAM%:*} =~ ^[0-9.]+$ ]] || group=$API_UPSTREAM
    write_upstream "$group" >"$RUN/upstream.conf"
    text=$(<"$SOURCE/nginx.conf")
    for name in "${!value[@]}"; do
        text=${text//"\${$name}"/"${value[$name]}"}
    done
    printf '%s\n' "$text" >"$RUN/nginx.conf"
    # OpenSSL 3.5 has a key exchange that a future quantum computer does not undo; older ones refuse its name.
    local curves=X25519:prime256v1:secp384r1
    printf 'ssl_ecdh_curve X25519MLKEM768:%s;\n' "$curves" >"$RUN/curves.conf"
    nginx "${arguments[@]}" -t 2>/dev/null || printf 'ssl_ecdh_curve %s;\n' "$curves" >"$RUN/curves.conf"
    nginx "${arguments[@]}" -t -q || stop 'Nginx refuses its configuration'
}

# Nginx opens its access log, /dev/stdout, by name, which only the owner of the pipe behind it may: so it is one of ours.
exec > >(exec cat)
umask 077
mkdir -p "$RUN"
rm -rf "$RUN/vigia"
ln -s "$SOURCE/vigia" "$RUN/vigia"
version=$(nginx -v 2>&1)
version=${version##*/}
version=${version%% *}
arguments=(-e stderr -p "$RUN/" -c "$RUN/nginx.conf")
# A container that is started again finds what it wrote before.
[[ -r $RUN/tls/privkey.pem ]] || take_certificate || make_certificate || stop 'cannot make a certificate'
write_configuration
# For whoever wants to look at it only.
[[ ${1:-} != check ]] || exit 0

nginx "${arguments[@]}" -g 'daemon off;' &
nginx=$!
# Requests under way are answered; feeds that are open after some seconds are cut.
# shellcheck disable=SC2317 # a trap calls it
ended() {
    kill -QUIT "$nginx" 2>/dev/null || exit 0
    for _ in {1..80}; do
        kill -0 "$nginx" 2>/dev/null || exit 0
        sleep 0.1
    done
    kill -TERM "$nginx" 2>/dev/null || true
    exit 0
}
trap ended TERM INT QUIT
say "serves https://$SERVER_NAME$HTTPS_SUFFIX with Nginx $version"

while kill -0 "$nginx" 2>/dev/null; do
    sleep "$WATCH_SECONDS" &
    wait -n "$nginx" $! || true
    kill -0 "$nginx" 2>/dev/null || break
    if take_certificate || renew_own; then
        until_day=$(openssl x509 -in "$RUN/tls/fullchain.pem" -noout -enddate)
        if nginx "${arguments[@]}" -t -q; then
            kill -HUP "$nginx"
            say "took a new certificate, good until ${until_day#*=}"
        else
            say 'Nginx refuses the new certificate; the old one stays'
            rm -rf "$RUN/tls" && mv "$RUN/tls.old" "$RUN/tls"
        fi
    fi
done
wait "$nginx" && status=0 || status=$?
say "Nginx ended by itself ($status)"
exit $((status == 0 ? 1 : status))
