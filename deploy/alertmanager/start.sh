#!/bin/sh
# Runs in the service alertmanager: makes its configuration from the settings of .env.production and the files in secrets/,
# tells Prometheus that it is there, and runs it. What is missing or wrong is said in one line that tells what to set.
#
#   start.sh            in the container
#   start.sh make DIR   only writes what it needs into a folder; deploy/alertmanager/check looks at it
#
# People are told by e-mail (ALERT_EMAIL_TO), by a webhook (secrets/alert_webhook_url.txt), or by both; or as a configuration
# of one's own says, mounted at /etc/alertmanager/own.yml.
set -eu
umask 077

lib=${VIGIA_ALERT_LIB:-/usr/local/lib/vigia}
secrets=${VIGIA_ALERT_SECRETS:-/run/secrets}
# The only place where it may write, and what Prometheus reads of it.
data=/alertmanager
told=$data/targets.json
own=${VIGIA_ALERT_OWN:-/etc/alertmanager/own.yml}

die() {
    printf 'alertmanager: %s\n' "$*" >&2
    exit 2
}

# A setting without what could end a line of the configuration or be taken for a template.
setting() { # name value
    case $2 in
    *[[:cntrl:]]*) die "$1 in .env.production has a character that cannot be seen" ;;
    *'{{'*) die "$1 in .env.production has {{ in it" ;;
    esac
    printf '%s' "$2"
}

# The first line of a secret, without what surrounds it; nothing where the file is empty.
secret() { # name
    [ -e "$secrets/$1" ] || return 0
    [ -r "$secrets/$1" ] || die "cannot read secrets/$1.txt: sudo deploy/prepare.sh gives it to the group that may"
    read -r line <"$secrets/$1" || :
    printf '%s' "$line" | tr -d '\r'
}

quoted() { # text
    printf "'%s'" "$(printf '%s' "$1" | sed "s/'/''/g")"
}

is_url() { # text
    case $1 in
    *[[:space:]]* | *[[:cntrl:]]* | *'{{'*) return 1 ;;
    http://?* | https://?*) return 0 ;;
    *) return 1 ;;
    esac
}

# What is said of the installation, whoever wrote the configuration.
read_names() {
    name=$(setting SERVER_NAME "${SERVER_NAME:-}")
    case $name in *[!A-Za-z0-9._:-]*) die "SERVER_NAME is no name of a host: $name" ;; esac
    page=$(setting PUBLIC_URL "${PUBLIC_URL:-}")
    [ -n "$page" ] || page=http://${name:-localhost}
    is_url "$page" || die "PUBLIC_URL is no address such as https://telemetry.example.com: $page"
}

read_settings() {
    to=$(setting ALERT_EMAIL_TO "${ALERT_EMAIL_TO:-}")
    from=$(setting ALERT_EMAIL_FROM "${ALERT_EMAIL_FROM:-}")
    server=$(setting ALERT_SMTP "${ALERT_SMTP:-}")
    user=$(setting ALERT_SMTP_USER "${ALERT_SMTP_USER:-}")
    tls=$(setting ALERT_SMTP_TLS "${ALERT_SMTP_TLS:-}")
    webhook=$(secret alert_webhook_url)
    heartbeat=$(secret alert_heartbeat_url)
    if [ -n "$to" ]; then check_email; fi
    [ -z "$webhook" ] || is_url "$webhook" ||
        die 'secrets/alert_webhook_url.txt holds no address such as https://alerts.example.com/hook'
    [ -z "$heartbeat" ] || is_url "$heartbeat" ||
        die 'secrets/alert_heartbeat_url.txt holds no address such as https://hc-ping.com/…'
    [ -n "$to$webhook" ] ||
        die 'nobody would be told: set ALERT_EMAIL_TO, ALERT_EMAIL_FROM and ALERT_SMTP in .env.production, or put an address into secrets/alert_webhook_url.txt'
}

trimmed() { # text
    printf '%s' "$1" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//'
}

# One address and no more, without a name before it.
is_address() { # text
    case $1 in
    *[[:space:]]* | *[\;,\<\>\"]* | *@*@* | *@.* | *..* | *.) return 1 ;;
    ?*@?*) return 0 ;;
    *) return 1 ;;
    esac
}

check_email() {
    password=$(secret alert_smtp_password)
    [ -n "$from" ] || die 'ALERT_EMAIL_FROM is empty in .env.production: the address alerts come from, for example vigia@example.com'
    [ -n "$server" ] || die 'ALERT_SMTP is empty in .env.production: the mail server as host:port, for example mail.example.com:587'
    is_address "$from" || die "ALERT_EMAIL_FROM in .env.production is no e-mail address: $from"
    rest=$to,
    while [ -n "$rest" ]; do
        one=$(trimmed "${rest%%,*}")
        rest=${rest#*,}
        is_address "$one" || die "ALERT_EMAIL_TO in .env.production has something between its commas that is no e-mail address: '$one'"
    done
    if [ -n "${ALERT_SMTP_CA_FILE:-}" ]; then
        if [ ! -f "$ALERT_SMTP_CA_FILE" ] || [ ! -r "$ALERT_SMTP_CA_FILE" ]; then
            die 'cannot read the file that ALERT_SMTP_CA_FILE in .env.production names: as secrets/alert_smtp_ca.pem it is given to the group that may by sudo deploy/prepare.sh'
        fi
        grep -q 'BEGIN CERTIFICATE' "$ALERT_SMTP_CA_FILE" || die 'the file that ALERT_SMTP_CA_FILE in .env.production names holds no certificate in PEM'
    fi
    port=${server##*:}
    case $server in ?*:?*) ;; *) die "ALERT_SMTP in .env.production is not host:port: $server" ;; esac
    case $port in *[!0-9]*) die "ALERT_SMTP in .env.production is not host:port: $server" ;; esac
    case ${tls:=on} in on | off) ;; *) die "ALERT_SMTP_TLS in .env.production is $tls: on, or off for a mail server in your own network that has no TLS" ;; esac
    if [ -n "$user" ] && [ -z "$password" ]; then
        die 'secrets/alert_smtp_password.txt is empty, and ALERT_SMTP_USER is set: put its password there, then sudo deploy/prepare.sh'
    fi
    if [ -z "$user" ] && [ -n "$password" ]; then
        die 'ALERT_SMTP_USER is empty in .env.production: whose password is in secrets/alert_smtp_password.txt?'
    fi
    if [ -n "$user" ] && [ "$tls" = off ]; then
        die 'ALERT_SMTP_TLS is off, and ALERT_SMTP_USER is set: no password is sent without TLS'
    fi
}

# How people are told: the same for every receiver that is of people.
people() { # name
    printf '  - name: %s\n' "$1"
    if [ -n "$to" ]; then
        # Port 465 speaks TLS from the start, and offers no STARTTLS that could be required.
        if [ "$tls" = off ] || [ "$port" = 465 ]; then starttls=false; else starttls=true; fi
        printf '    email_configs:\n'
        printf '      - to: %s\n        from: %s\n        smarthost: %s\n' "$(quoted "$to")" "$(quoted "$from")" "$(quoted "$server")"
        printf '        hello: %s\n        require_tls: %s\n        send_resolved: true\n' "$(quoted "${name:-localhost}")" "$starttls"
        if [ -n "$user" ]; then
            printf '        auth_username: %s\n        auth_password_file: %s/alert_smtp_password\n' "$(quoted "$user")" "$secrets"
        fi
        if [ -n "${ALERT_SMTP_CA_FILE:-}" ]; then
            printf '        tls_config: { ca_file: %s }\n' "$(quoted "$ALERT_SMTP_CA_FILE")"
        fi
        # Text alone: it is read on a telephone.
        printf "        headers: { Subject: '{{ template \"vigia.subject\" . }}' }\n"
        printf "        html: ''\n        text: '{{ template \"vigia.text\" . }}'\n"
    fi
    if [ -n "$webhook" ]; then
        printf '    webhook_configs:\n      - url: %s\n        send_resolved: true\n' "$(quoted "$webhook")"
    fi
}

config() {
    cat <<EOF
# Made by deploy/alertmanager/start.sh at each start.
templates: [$1/installation.tmpl, $lib/vigia.tmpl]
route:
  # What is not critical can wait for the working day.
  receiver: warning
  group_by: [alertname]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 12h
  routes:
    - matchers: [alertname="VigiaWatchdog"]
      receiver: heartbeat
      group_wait: 0s
      group_interval: 1m
      repeat_interval: 50s
    - matchers: [severity="critical"]
      receiver: critical
      group_wait: 10s
      group_interval: 1m
      repeat_interval: 1h
inhibit_rules:
  # Of what does not answer nothing else is worth a word.
  - { source_matchers: [alertname="VigiaDown"], target_matchers: [severity="warning"], equal: [job] }
  - { source_matchers: [alertname="VigiaDatabaseDown"], target_matchers: [alertname=~"VigiaSpoolOld|VigiaCommitsSlow"], equal: [instance] }
  # When people cannot be told, the service that listens for the sign of life is to raise the alarm.
  - { source_matchers: [alertname="VigiaAlertsNotDelivered"], target_matchers: [alertname="VigiaWatchdog"] }
receivers:
EOF
    people critical
    people warning
    printf '  # A service that raises the alarm when nothing comes any more.\n  - name: heartbeat\n'
    if [ -n "$heartbeat" ]; then
        printf '    webhook_configs:\n      - url: %s\n        send_resolved: false\n' "$(quoted "$heartbeat")"
    fi
}

# Writes into a folder what the configuration stands on: how the installation is called, and, where nobody brought one of their
# own, the configuration itself. Says which it is, and who is told.
make() { # folder
    read_names
    mkdir -p "$1"
    if [ -e "$own" ]; then
        [ -f "$own" ] || die "$own is a folder: the file that docker-compose.local.yml names for it is not there, and Docker made one"
        [ -r "$own" ] || die "cannot read $own: let group 10002 read the file that docker-compose.local.yml names for it (chown root:10002, chmod 0640)"
        config=$own
        ways="those that $own names"
    else
        read_settings
        config=$1/alertmanager.yml
        config "$1" >"$config"
        ways=
        [ -z "$to" ] || ways="$to by $server"
        [ -z "$webhook" ] || ways="${ways:+$ways, and }the address in secrets/alert_webhook_url.txt"
        [ -z "$heartbeat" ] || ways="$ways; a sign of life goes out each minute"
    fi
    printf '{{ define "vigia.installation" }}%s{{ end }}\n' "${name:-Vigía}" >"$1/installation.tmpl"
}

if [ "${1:-}" = make ]; then
    make "${2:?usage: start.sh make DIR}"
    exit
fi

make /tmp/alertmanager
printf 'alertmanager: told are %s\n' "$ways"

# The address in what is sent is that of the installation; Alertmanager's own leads nowhere from outside. Its metrics name the receiver
# of what failed: whether it was people or the sign of life.
set -- --config.file="$config" --storage.path=$data --cluster.listen-address= \
    --web.external-url="$page" --web.route-prefix=/ \
    --enable-feature=receiver-name-in-metrics

# While it runs, and no longer: Prometheus then knows of nobody to tell, and says nothing of it.
trap 'rm -f "$told"; kill -TERM "$child" 2>/dev/null || :' TERM INT
/bin/alertmanager "$@" &
child=$!
umask 022
printf '[{"targets": ["alertmanager:9093"]}]\n' >"$told.part"
mv "$told.part" "$told"
code=0
wait "$child" || code=$?
# A signal ends the first wait, and only then the program.
if kill -0 "$child" 2>/dev/null; then
    code=0
    wait "$child" || code=$?
fi
rm -f "$told"
exit "$code"
