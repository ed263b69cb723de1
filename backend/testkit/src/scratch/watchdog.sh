# Outlives its parent by a moment, to clean up after it.
# $1 is the scratch folder. Each NAME.pid in it holds "<pid> <signal that stops it>".
# The parent holds the other end of our standard input and never writes: end of file means that it is
# gone, whatever ended it. Then every server gets its signal, five seconds later KILL, and the folder goes, with the files elsewhere
# that "also" lists.
trap '' HUP INT TERM
read -r _ignored

alive() {
    for file in "$1"/*.pid; do
        [ -e "$file" ] || continue
        read -r pid _signal <"$file"
        kill -0 "$pid" 2>/dev/null && return 0
    done
    return 1
}

send() { # folder [signal]
    for file in "$1"/*.pid; do
        [ -e "$file" ] || continue
        read -r pid signal <"$file"
        kill -s "${2:-$signal}" "$pid" 2>/dev/null
    done
}

send "$1"
tries=0
while alive "$1" && [ $tries -lt 100 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
send "$1" KILL
[ -e "$1/also" ] && while read -r file; do rm -f "$file"; done <"$1/also"
[ -e "$1/keep" ] || rm -rf "$1"
