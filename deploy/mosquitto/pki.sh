#!/usr/bin/env bash
# Certificates and rights for the broker of a plant without AWS (docs/operations/on-premise.md), and a certificate for its web
# page. Needs openssl alone.
set -euo pipefail
export LC_ALL=C

usage() {
    cat <<'END'
Usage: deploy/mosquitto/pki.sh <command> [--force]

  init                                      make the authority, once
  server <name or address>...               the broker's certificate, for every name that clients call it by
  gateway <tenant> <province> <plant> <gateway>
                                            a gateway's certificate, in secrets/gateways/<gateway>/, and its right to publish
                                            on its own topic
  backend [name]                            the backend's certificate, where it looks for it [default name: backend]
  web <name>                                a certificate for the web page, in secrets/web/: for browsers that trust this authority
  revoke <name>                             take back every certificate and right of this name; of the broker and the backend
                                            only with --force
  list                                      what there is, and until when

Whatever exists stays as it is, and is said to exist; --force makes it anew. After server, gateway, backend or revoke let the
broker read its files again: deploy/compose restart broker. VIGIA_SECRETS names another folder than secrets/.
END
}

say() { printf '%s\n' "$*"; }
stop() { printf 'pki: %s\n' "$*" >&2; exit 1; }

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
secrets=${VIGIA_SECRETS:-$here/../../secrets}
mkdir -p "$secrets"
secrets=$(cd "$secrets" && pwd)
# The authority stays on this machine; the broker sees its own folder only.
ca=$secrets/broker-ca broker=$secrets/broker gateways=$secrets/gateways

# The groups of the containers that read what is theirs.
BACKEND_GROUP=10001
BROKER_GROUP=1883
# In days: of the authority and its list of revoked certificates, of the broker's certificate, of the clients'.
CA_DAYS=7300 SERVER_DAYS=825 CLIENT_DAYS=1825

# OpenSSL's configuration. It is written each time, for it names no folder: the checkout may have been moved.
write_config() {
    cat >"$ca/openssl.cnf.new" <<END
[ca]
default_ca = authority
[authority]
dir = \${ENV::PKI_DIR}
database = \$dir/index.txt
new_certs_dir = \$dir/issued
certificate = \$dir/ca.pem
private_key = \$dir/ca.key
crlnumber = \$dir/crlnumber
rand_serial = yes
unique_subject = no
default_md = sha256
default_days = $CLIENT_DAYS
default_crl_days = $CA_DAYS
policy = anything
[anything]
commonName = supplied
[server]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = \${ENV::PKI_NAMES}
[client]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
    mv "$ca/openssl.cnf.new" "$ca/openssl.cnf"
}

# OpenSSL as this authority; what it says is shown where it fails.
authority() { # what-for argument…
    local what=$1 said
    shift
    said=$(PKI_DIR=$ca PKI_NAMES=${PKI_NAMES:-DNS:unused} openssl ca -config "$ca/openssl.cnf" "$@" 2>&1) && return
    printf '%s\n' "$said" >&2
    stop "$what"
}

# Lets a group read a file, and nobody else; only root may give files to groups.
readable_by() {
    local group=$1
    shift
    if ((EUID == 0)); then
        chown "0:$group" "$@"
        chmod 0640 "$@"
    else
        chmod 0600 "$@"
    fi
}

needs_authority() {
    [[ -s $ca/ca.key && -s $ca/ca.pem ]] || stop "there is no authority yet: deploy/mosquitto/pki.sh init"
    # One at a time: the authority counts what it signs.
    exec 9>"$ca/lock"
    flock 9
    write_config
}

is_name() {
    [[ $1 =~ ^[A-Za-z0-9_][A-Za-z0-9._:-]*$ ]] ||
        stop "'$1' is no $2: letters, digits and . _ : - are allowed, and a letter, digit or _ comes first"
}

new_key() {
    openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$1" 2>/dev/null ||
        openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out "$1" 2>/dev/null
}

# Makes a key and a certificate: name, kind of extensions, days, alternative names, the files for certificate and key. They
# appear when both are whole.
issue() {
    local name=$1 kind=$2 days=$3 names=$4 certificate=$5 key=$6 work
    work=$(mktemp -d "$ca/work.XXXXXX")
    # shellcheck disable=SC2064 # as it is now: the trap runs when this function has ended
    trap "rm -rf $(printf %q "$work")" EXIT
    new_key "$work/key"
    openssl req -new -key "$work/key" -subj "/CN=$name" -out "$work/request" 2>/dev/null
    PKI_NAMES=${names:-DNS:unused} authority "cannot sign for $name" -batch -notext -extensions "$kind" -days "$days" \
        -in "$work/request" -out "$work/certificate"
    mv "$work/key" "$key"
    mv "$work/certificate" "$certificate"
    rm -rf "$work"
}

make_revocations() {
    authority 'cannot make the list of revoked certificates' -gencrl -out "$ca/crl.new"
    mv "$ca/crl.new" "$broker/crl.pem"
    readable_by "$BROKER_GROUP" "$broker/crl.pem"
}

# Whether a certificate of this name is good: of this authority, in its time, and not revoked.
is_good() {
    openssl verify -CAfile "$ca/ca.pem" "$1" >/dev/null 2>&1 &&
        openssl x509 -in "$1" -noout -serial | cut -d= -f2 | grep -qxFf - <(valid_serials "$2")
}

valid_serials() { awk -F'\t' -v subject="/CN=$1" '$1 == "V" && $6 == subject { print $4 }' "$ca/index.txt"; }

rights_of() { awk -v name="$1" '/^user / { mine = ($0 == "user " name) } mine' "$broker/acl"; }

# Rewrites the rights: those of this name go, and the lines from standard input come.
set_rights() {
    local name=$1 new=$broker/acl.new
    awk -v name="$name" '/^user / { mine = ($0 == "user " name) } !mine' "$broker/acl" >"$new"
    cat >>"$new"
    mv "$new" "$broker/acl"
    readable_by "$BROKER_GROUP" "$broker/acl"
}

until_when() { openssl x509 -in "$1" -noout -enddate | cut -d= -f2; }

init() {
    (($# == 0)) || stop 'init takes nothing more'
    if [[ -e $ca/ca.key && $force == no ]]; then
        say "the authority exists, good until $(until_when "$ca/ca.pem")"
        return
    fi
    [[ $force == no || ! -e $ca/ca.key ]] || say 'a new authority: every certificate of the old one is worth nothing now'
    mkdir -p "$ca" "$broker" "$gateways"
    chmod 0700 "$ca" "$gateways"
    chmod 0750 "$broker"
    ((EUID != 0)) || chown "0:$BROKER_GROUP" "$broker"
    write_config
    rm -rf "$ca/issued" && mkdir "$ca/issued"
    : >"$ca/index.txt"
    printf '01\n' >"$ca/crlnumber"
    new_key "$ca/ca.key.new"
    openssl req -x509 -new -key "$ca/ca.key.new" -sha256 -days "$CA_DAYS" -subj "/CN=Vigia plant authority $(date +%Y-%m-%d)" \
        -config /dev/null -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
        -addext 'subjectKeyIdentifier=hash' -out "$ca/ca.pem" 2>"$ca/log" || { cat "$ca/log" >&2; stop 'cannot make the authority'; }
    mv "$ca/ca.key.new" "$ca/ca.key"
    rm -f "$ca/log"
    cp "$ca/ca.pem" "$broker/ca.pem"
    printf '# Who may do what, by the common name of the certificate. Written by deploy/mosquitto/pki.sh.\n' >"$broker/acl"
    readable_by "$BROKER_GROUP" "$broker/ca.pem" "$broker/acl"
    make_revocations
    say "made the authority, good until $(until_when "$ca/ca.pem"). Keep $ca/ca.key safe: whoever has it can be any gateway"
}

server() {
    (($# > 0)) || stop 'which names do clients call the broker by? For example: pki.sh server mqtt.example.com 192.168.1.10'
    needs_authority
    if [[ -e $broker/server.key && $force == no ]]; then
        is_good "$broker/server.pem" broker || stop "the broker's certificate is not good any more: --force makes it anew"
        say "the broker's certificate exists, good until $(until_when "$broker/server.pem"); --force makes it anew"
        return
    fi
    # The backend, in the same Compose file, calls it by the name of its service.
    local name names=DNS:broker
    for name in "$@"; do
        if [[ $name =~ ^[0-9]+(\.[0-9]+){3}$ || $name == *:* ]]; then
            names+=",IP:$name"
        else
            [[ $name =~ ^[A-Za-z0-9*]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] || stop "'$name' is neither a host name nor an address"
            [[ $name == broker ]] || names+=",DNS:$name"
        fi
    done
    issue broker server "$SERVER_DAYS" "$names" "$broker/server.pem" "$broker/server.key"
    readable_by "$BROKER_GROUP" "$broker/server.pem" "$broker/server.key"
    say "made the broker's certificate for ${names//,/, }, good until $(until_when "$broker/server.pem")"
}

web() {
    (($# == 1)) || stop 'web takes one name, that of SERVER_NAME: pki.sh web telemetry.example.com'
    needs_authority
    local name=$1 folder=$secrets/web
    if [[ -e $folder/privkey.pem && $force == no ]]; then
        is_good "$folder/fullchain.pem" web || stop "the certificate of the page is not good any more: --force makes it anew"
        say "the certificate of the page exists, good until $(until_when "$folder/fullchain.pem"); --force makes it anew"
        return
    fi
    [[ $name =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ && ! $name =~ ^[0-9.]+$ ]] || stop "'$name' is no host name"
    mkdir -p "$folder"
    issue web server "$SERVER_DAYS" "DNS:$name" "$folder/fullchain.pem" "$folder/privkey.pem"
    chmod 0600 "$folder"/*.pem
    say "made $folder for $name, good until $(until_when "$folder/fullchain.pem"): nginx/README.md says how it is put in its place"
}

gateway() {
    (($# == 4)) || stop 'gateway takes four names: <tenant> <province> <plant> <gateway>'
    local tenant=$1 province=$2 plant=$3 name=$4
    needs_authority
    is_name "$tenant" tenant && is_name "$province" province && is_name "$plant" plant && is_name "$name" gateway
    [[ $name != broker && $name != web && $(rights_of "$name") != *'topic read'* ]] || stop "'$name' is not a gateway: take another name for it"
    # At the broker a gateway's name is its client id, and these are the backend's.
    [[ ! $name =~ ^vigia-backend(-.*)?$ ]] || stop "'$name' is the backend's client id: take another name for the gateway"
    ((${#name} <= 64)) || stop "'$name' is longer than the 64 characters of a common name"
    local topic=factory/$tenant/$province/$plant/gateway/$name/telemetry folder=$gateways/$name
    if grep -qxF "user $name" "$broker/acl" && [[ $force == no ]]; then
        grep -qxF "topic write $topic" "$broker/acl" ||
            stop "there is a $name already, and it is not on $topic: a name stands for one gateway of one plant. --force moves it there"
    fi
    mkdir -p "$folder"
    if [[ -e $folder/private.pem.key && $force == no ]]; then
        is_good "$folder/certificate.pem.crt" "$name" ||
            stop "the certificate of $name is not good any more (revoked, too old, of another authority): --force makes it anew"
        say "the certificate of $name exists, good until $(until_when "$folder/certificate.pem.crt")"
    else
        issue "$name" client "$CLIENT_DAYS" '' "$folder/certificate.pem.crt" "$folder/private.pem.key"
        cp "$ca/ca.pem" "$folder/AmazonRootCA1.pem"
        chmod 0600 "$folder"/*
        say "made $folder, good until $(until_when "$folder/certificate.pem.crt"): copy it to the gateway"
    fi
    printf 'user %s\ntopic write %s\n' "$name" "$topic" | set_rights "$name"
    say "$name may publish on $topic"
}

backend() {
    (($# <= 1)) || stop 'backend takes one name'
    local name=${1:-backend} certificate=$secrets/certificate.pem.crt key=$secrets/private.pem.key
    needs_authority
    is_name "$name" name
    [[ $name != broker && $name != web ]] || stop "'$name' is not the backend: take another name for it"
    if [[ -e $key && $force == no ]]; then
        if openssl verify -CAfile "$ca/ca.pem" "$certificate" >/dev/null 2>&1; then
            name=$(openssl x509 -in "$certificate" -noout -subject -nameopt multiline | sed -n 's/^ *commonName *= //p')
            is_good "$certificate" "$name" || stop "the backend's certificate is not good any more: --force makes it anew"
            say "the backend's certificate exists, good until $(until_when "$certificate")"
        else
            stop "$key is of another authority (AWS?): move it away, or replace it with --force"
        fi
    else
        [[ $(rights_of "$name") != *'topic write'* ]] || stop "'$name' is a gateway: take another name for the backend"
        issue "$name" client "$CLIENT_DAYS" '' "$certificate" "$key"
        cp "$ca/ca.pem" "$secrets/AmazonRootCA1.pem"
        readable_by "$BACKEND_GROUP" "$certificate" "$key" "$secrets/AmazonRootCA1.pem"
        say "made the backend's certificate, good until $(until_when "$certificate")"
    fi
    # Shared subscriptions are judged by the filter within them.
    printf 'user %s\ntopic read factory/#\n' "$name" | set_rights "$name"
}

revoke() {
    (($# == 1)) || stop 'revoke takes one name'
    local name=$1 serials serial found=no
    needs_authority
    [[ $force == yes || $name != broker ]] ||
        stop "clients do not look at what is revoked: 'pki.sh server NAMES --force' replaces the broker's certificate. --force revokes it all the same"
    [[ $force == yes || $(rights_of "$name") != *'topic read'* ]] ||
        stop "$name is the backend: without it no telemetry is taken, until 'pki.sh backend --force' has made another: --force if that is meant"
    # First what needs nobody's signature: without rights it cannot do anything, whatever fails after it.
    set_rights "$name" </dev/null
    serials=$(valid_serials "$name")
    for serial in $serials; do
        authority "its rights are taken away, but certificate $serial of $name is not revoked" -revoke "$ca/issued/$serial.pem"
        found=yes
    done
    make_revocations
    [[ $found == yes ]] || stop "no certificate of $name is valid; its rights, if it had any, are gone"
    say "revoked $name. It is out when the broker has read its files again: deploy/compose restart broker"
}

list() {
    needs_authority
    printf '%-10s %-40s %s\n' state name until
    printf '%-10s %-40s %s\n' authority - "$(until_when "$ca/ca.pem")"
    local state serial subject
    while IFS=$'\t' read -r state _ _ serial _ subject; do
        case $state in
        V) state=valid ;;
        R) state=revoked ;;
        *) state=expired ;;
        esac
        [[ $state == revoked ]] || openssl x509 -in "$ca/issued/$serial.pem" -noout -checkend 0 >/dev/null || state=expired
        printf '%-10s %-40s %s\n' "$state" "${subject#/CN=}" "$(until_when "$ca/issued/$serial.pem")"
    done < <(sed 's/\t\t/\t-\t/g' "$ca/index.txt")
}

force=no arguments=()
for argument in "$@"; do
    case $argument in
    --force) force=yes ;;
    -h | --help | help) usage; exit 0 ;;
    -*) stop "what is $argument? --help tells what there is" ;;
    *) arguments+=("$argument") ;;
    esac
done
umask 077
case ${arguments[0]:-} in
init | server | gateway | backend | web | revoke | list) "${arguments[@]}" ;;
'') usage >&2; exit 2 ;;
*) stop "what is '${arguments[0]}'? --help tells what there is" ;;
esac
