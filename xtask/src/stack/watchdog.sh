# Stops a stack and removes its folder when whoever started it is gone or has had enough: then our standard input ends.
# $1 is the folder, $2 the process id of `stand`.
trap '' HUP INT TERM
read -r _ignored

kill -s TERM "$2" 2>/dev/null
tries=0
while kill -0 "$2" 2>/dev/null && [ $tries -lt 450 ]; do
    sleep 0.1
    tries=$((tries + 1))
done
# The stand has a watchdog of its own, which stops what it started.
kill -s KILL "$2" 2>/dev/null

# Where the servers could not enter the folder, their data is elsewhere.
if [ -e "$1/data.path" ]; then
    read -r data <"$1/data.path"
    rm -rf "$data"
fi
rm -rf "$1"
