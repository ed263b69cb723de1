# Holds the running server against its own description, as an internal admin and as nobody.
# Arguments: the program, the folder of its configuration, an address, e-mail and password, and more for the program.
set -eu
program=$1 dir=$2 url=$3 email=$4 password=$5
shift 5

login() {
    printf '{"email":"%s","password":"%s"}' "$email" "$password" |
        curl -sS --fail-with-body -H 'Content-Type: application/json' -d @- "$url/api/auth/login" |
        sed 's/.*"token":"\([^"]*\)".*/\1/'
}

check() {
    SCHEMATHESIS_HOOKS=schemathesis_hooks PYTHONPATH="$dir" PYTHONDONTWRITEBYTECODE=1 \
        "$program" --config-file "$dir/schemathesis.toml" run "$url/api/openapi.json" --checks all --no-color --exclude-path /ws --report-dir "$REPORTS" "$@"
}

REPORTS=$(mktemp -d)
trap 'rm -rf "$REPORTS"' EXIT
# It keeps notes where it is started.
cd "$REPORTS"
# What ends a session would end this one.
printf -- '── with the rights of an internal admin\n'
check -H "Authorization: Bearer $(login)" \
    --exclude-operation-id logOut --exclude-operation-id endSession --exclude-operation-id endAllSessions \
    --exclude-operation-id changePassword "$@"
printf -- '── as nobody\n'
check "$@"
