#!/usr/bin/env bash
# Holds the TLS of the web image against testssl.sh: the system's Nginx on loopback with the configuration of the image and a
# certificate as a public authority would make it. Writes a summary to target/tls.txt at the top of the repository, or to the file named,
# and fails on any finding above low.
#
#   nginx/tls-test.sh        needs the packages nginx, openssl and testssl.sh; takes one to two minutes
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
summary=$(realpath -m "${1:-$here/../target/tls.txt}")
cd "$here"
scratch=$(mktemp -d)
web=
finish() {
    if [[ -n $web ]]; then
        kill -TERM "$web" 2>/dev/null || true
        wait "$web" 2>/dev/null || true
    fi
    rm -rf "$scratch"
}
trap finish EXIT
testssl=$(command -v testssl || command -v testssl.sh)
PATH=$PATH:/usr/sbin

free_port() {
    local port
    while port=$((20000 + RANDOM % 10000)); (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    printf '%s' "$port"
}
port=$(free_port)

mkdir -p "$scratch/certificates" "$scratch/www"
printf '<!doctype html><title>Vigía</title>' >"$scratch/www/index.html"
cat >"$scratch/leaf" <<'END'
subjectAltName=DNS:localhost
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
basicConstraints=critical,CA:FALSE
authorityKeyIdentifier=keyid
crlDistributionPoints=URI:http://crl.example.com/1.crl
END
new_key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
openssl req -x509 "${new_key[@]}" -days 3650 -subj '/CN=Test authority' -keyout "$scratch/ca.key" -out "$scratch/ca.pem" 2>/dev/null
openssl req "${new_key[@]}" -subj '/CN=localhost' -keyout "$scratch/certificates/privkey.pem" -out "$scratch/leaf.csr" 2>/dev/null
openssl x509 -req -in "$scratch/leaf.csr" -CA "$scratch/ca.pem" -CAkey "$scratch/ca.key" -CAcreateserial -days 89 \
    -extfile "$scratch/leaf" -out "$scratch/certificates/fullchain.pem" 2>/dev/null
cp -r . "$scratch/nginx"
as=()
if ((EUID == 0)); then
    # As in the image: not as root.
    chown -R nobody "$scratch"
    as=(setpriv --reuid=nobody --regid=65534 --clear-groups)
fi

# shellcheck disable=SC2086 # one of them may be empty
env SOURCE="$scratch/nginx" RUN="$scratch/run" PAGES_DIR="$scratch/www" ACME_DIR="$scratch" CERT_DIR="$scratch/certificates" \
    SERVER_NAME=localhost PUBLIC_URL="https://localhost:$port" API_UPSTREAM=127.0.0.1:1 \
    LISTEN_HTTPS="$port" LISTEN_HTTP="$(free_port)" LISTEN_STATUS="$(free_port)" \
    "${as[@]}" bash "$scratch/nginx/web.sh" >"$scratch/web.log" 2>&1 &
web=$!
for _ in {1..100}; do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    kill -0 "$web" 2>/dev/null || { cat "$scratch/web.log" >&2; exit 1; }
    sleep 0.1
done

"$testssl" --quiet --color 0 --warnings off --add-ca "$scratch/ca.pem" --ip 127.0.0.1 --csvfile "$scratch/findings.csv" \
    "https://localhost:$port" >"$scratch/report.txt" 2>&1 </dev/null || true
[[ -s $scratch/findings.csv ]] || { cat "$scratch/report.txt" >&2; exit 1; }

# Columns: "id","fqdn/ip","port","severity","finding","cve","cwe". testssl 3.0 wants the server to choose among ciphers; 3.2 knows
# that a browser may where all are strong, as Mozilla's guideline has it.
if [[ $("$testssl" --version 2>&1) =~ testssl.*[[:space:]]3\.0\. ]]; then
    sed -i '/^"cipher_order"/d' "$scratch/findings.csv"
fi
above_low=$(awk -F'","' 'NR > 1 && $4 ~ /^(MEDIUM|HIGH|CRITICAL|FATAL)$/ { print $4 ": " substr($1, 2) ": " $5 }' "$scratch/findings.csv")
mkdir -p "$(dirname "$summary")"
{
    nginx -v 2>&1
    nginx -V 2>&1 | grep OpenSSL
    printf 'findings by severity:\n'
    awk -F'","' 'NR > 1 { n[$4]++ } END { for (s in n) printf "  %-9s %d\n", s, n[s] }' "$scratch/findings.csv" | sort
    awk -F'","' 'NR > 1 && $4 ~ /^(WARN|LOW)$/ { print "  " $4 ": " substr($1, 2) ": " $5 }' "$scratch/findings.csv"
    printf 'above low: %s\n' "${above_low:-none}"
    grep -E 'Overall Grade|KEMs offered|Elliptic curves offered' "$scratch/report.txt" || true
    awk '/Testing protocols/ { on = 1 } /Testing (robust|server)/ { on = 0 } on' "$scratch/report.txt" | sed -n '1,12p'
} | sed "s#$scratch#…#g" | tee "$summary"
[[ -z $above_low ]]
