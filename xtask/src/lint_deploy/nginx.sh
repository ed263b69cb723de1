# Checks both variants of the Nginx configuration with the Nginx that is here, and has gixy read what is served.
# Arguments: the top of the repository, gixy.
set -euo pipefail
cd "$1"
gixy=$2
PATH=$PATH:/usr/sbin
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mime=/etc/nginx/mime.types
unpacked=.vigia/tools/nginx
if ! command -v nginx >/dev/null; then
    PATH=$PATH:$PWD/$unpacked/usr/sbin
    mime=$PWD/$unpacked/etc/nginx/mime.types
fi

# Of gixy's checks: `if` only rewrites to another location; a look at the disk costs less than what open_file_cache forgets.
read_by_gixy() {
    (cd "$(dirname "$1")" && "$gixy" --skips try_files_is_evil_too "$(basename "$1")")
}

# -- The image: as its own script writes it.
mkdir -p "$scratch/www" "$scratch/certificates"
SOURCE=$PWD/nginx RUN=$scratch/image PAGES_DIR=$scratch/www ACME_DIR=$scratch CERT_DIR=$scratch/certificates MIME_TYPES=$mime \
    SERVER_NAME=telemetry.example.com API_UPSTREAM=127.0.0.1:3002 LISTEN_HTTP=18080 LISTEN_HTTPS=18443 LISTEN_STATUS=18081 \
    bash nginx/web.sh check
read_by_gixy "$scratch/image/nginx.conf"

# -- The machine's own: as a Debian's nginx.conf includes it.
mkdir "$scratch/host"
cp -r nginx/vigia "$scratch/host/vigia"
cp nginx/host/*.conf "$scratch/host/"
sed -i "s#/etc/ssl/certs/ssl-cert-snakeoil.pem#$scratch/image/tls/fullchain.pem#
    s#/etc/ssl/private/ssl-cert-snakeoil.key#$scratch/image/tls/privkey.pem#
    s#/var/log/nginx/#$scratch/host/#
    s#/etc/nginx/vigia#$scratch/host/vigia#
    s#listen 80#listen 18080#; s#listen 443#listen 18443#
    s#listen \[::\]:\(80\|443\)#listen 127.0.0.2:18\1#" "$scratch/host/vigia.conf" "$scratch/host/default.conf"
cat >"$scratch/host/nginx.conf" <<END
pid $scratch/host/nginx.pid;
worker_rlimit_nofile 4096;
events {}
http {
    include $mime;
    access_log off;
    client_body_temp_path $scratch/host/body;
    proxy_temp_path $scratch/host/proxy;
    fastcgi_temp_path $scratch/host/unused;
    scgi_temp_path $scratch/host/unused;
    uwsgi_temp_path $scratch/host/unused;
    include vigia.conf;
    include default.conf;
}
END
nginx -e stderr -p "$scratch/host/" -c "$scratch/host/nginx.conf" -t -q
read_by_gixy "$scratch/host/nginx.conf"
