#!/usr/bin/env bash
# Lists the Debian packages of the system it runs in as CycloneDX 1.5 JSON, on standard output.
set -euo pipefail

# shellcheck source=/dev/null
. /etc/os-release

# Names and versions of packages need no escaping in JSON, but for the plus sign and the colon in the address.
dpkg-query --show --showformat '${db:Status-Abbrev}\t${Package}\t${Version}\t${Architecture}\n' |
    awk -F '\t' -v release="$VERSION_CODENAME" -v version="$VERSION_ID" '
        function address(text) { gsub(/\+/, "%2B", text); gsub(/:/, "%3A", text); gsub(/~/, "~", text); return text }
        BEGIN {
            printf "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"version\":1,"
            printf "\"metadata\":{\"component\":{\"type\":\"operating-system\",\"name\":\"debian\",\"version\":\"%s\"}},\"components\":[", version
        }
        $1 ~ /^ii/ {
            purl = "pkg:deb/debian/" address($2) "@" address($3) "?arch=" $4 "&distro=" release
            printf "%s{\"type\":\"library\",\"name\":\"%s\",\"version\":\"%s\",\"purl\":\"%s\",\"bom-ref\":\"%s\"}", separator, $2, $3, purl, purl
            separator = ","
        }
        END { print "]}" }'
