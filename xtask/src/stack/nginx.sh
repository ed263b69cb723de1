# The web image's Nginx, with the built pages, in front of a stack; until our standard input ends.
# Arguments: the top of the repository, a folder to make in the stack's own, the port to serve, the stack's address.
set -euo pipefail
root=$1 dir=$2 port=$3 backend=$4
PATH=$PATH:/usr/sbin:$root/.vigia/tools/nginx/usr/sbin
mime=/etc/nginx/mime.types
[[ -e $mime ]] || mime=$root/.vigia/tools/nginx/etc/nginx/mime.types

mkdir "$dir"
cp -r "$root/nginx" "$dir/nginx"
cp -r "$root/frontend/dist" "$dir/www"
cp "$root"/nginx/vigia/pages/* "$dir/www/"
node "$root/frontend/scripts/precompress.js" "$dir/www"
as=()
if ((EUID == 0)); then
    # As in the image: not as root.
    chown -R 65534:65534 "$dir"
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
# Ports that only this script and Nginx know of.
env SOURCE="$dir/nginx" RUN="$dir/run" PAGES_DIR="$dir/www" ACME_DIR="$dir" CERT_DIR="$dir" MIME_TYPES="$mime" SERVER_NAME=localhost \
    PUBLIC_URL="https://localhost:$port" LISTEN_HTTPS="$port" LISTEN_HTTP=$((port + 1)) LISTEN_STATUS=$((port + 2)) \
    API_UPSTREAM="${backend#http://}" "${as[@]}" bash "$dir/nginx/web.sh" >>"$dir/../logs/nginx.log" 2>&1 &
web=$!
trap '' HUP INT TERM
for _ in {1..200}; do
    kill -0 "$web" 2>/dev/null || exit 1
    curl -fsk -o /dev/null --max-time 2 "https://localhost:$port/" && break
    sleep 0.1
done
echo ready
read -r _ignored || true
kill -TERM "$web" 2>/dev/null || true
wait "$web" 2>/dev/null || true
rm -rf "$dir"
