#!/bin/sh
# Builds the image for amd64 and arm64 without a container engine, from binaries that are there already: `make image` calls it.
# The Dockerfile says the same for people who have an engine; a test compares the two.
#   bin/image                     both, as an OCI layout: crane push bin/image REGISTRY/midgate:TAG
#   bin/midgate-image-ARCH.tar    one, for `docker load` and `podman load`
set -eu
bin=${1:?the folder with linux-amd64/midgate, linux-arm64/midgate and their SBOMs} crane=${2:?the crane program} version=${3:?the version} commit=${4:?the commit}
# Mozilla's certificates alone: the bundle in /etc/ssl may hold those of this machine's owner.
certs=${CERTS:-/usr/share/ca-certificates/mozilla}
[ -d "$certs" ] || { echo "there are no certificates in $certs: install ca-certificates, or say in CERTS where they are" >&2; exit 1; }

work=$(mktemp -d)
: >"$work/log"
quietly() { "$crane" "$@" >/dev/null 2>"$work/said" || { cat "$work/said" >&2; exit 1; }; }
registry=
trap 'rm -rf "$work"; [ -z "$registry" ] || kill "$registry"' EXIT
"$crane" registry serve --address 127.0.0.1:0 >"$work/log" 2>&1 &
registry=$!
until port=$(sed -n 's/.*serving on port \([0-9]*\).*/\1/p' "$work/log") && [ -n "$port" ]; do
	kill -0 "$registry" || { cat "$work/log" >&2; exit 1; }
	sleep 0.1
done
image=127.0.0.1:$port/midgate

# What a container engine asks whether the container is well. OCI knows no such thing and crane has no flag for it; Docker reads it.
health='"Healthcheck":{"Test":["CMD","/midgate","healthcheck"],"Interval":15000000000,"Timeout":6000000000,"StartPeriod":10000000000}'

for arch in amd64 arm64; do
	root=$work/$arch
	mkdir -p "$root/etc/ssl/certs" "$root/data"
	cp "$bin/linux-$arch/midgate" "$bin/linux-$arch/midgate.cdx.json" "$root/"
	cat "$certs"/*.crt >"$root/etc/ssl/certs/ca-certificates.crt"
	chmod 755 "$root" "$root/etc" "$root/etc/ssl" "$root/etc/ssl/certs" "$root/midgate" "$root/data"
	chmod 644 "$root/midgate.cdx.json" "$root/etc/ssl/certs/ca-certificates.crt"
	# The same files make the same bytes: names in order, no times, owners by number.
	pack() { tar -C "$root" --sort=name --mtime=@0 --format=ustar --numeric-owner --no-recursion "$@"; }
	pack --owner=0 --group=0 -cf "$work/$arch.tar" midgate midgate.cdx.json etc etc/ssl etc/ssl/certs etc/ssl/certs/ca-certificates.crt
	pack --owner=65532 --group=65532 -rf "$work/$arch.tar" data
	gzip -n "$work/$arch.tar"
	quietly append --oci-empty-base --platform "linux/$arch" -f "$work/$arch.tar.gz" -t "$image:$arch"
	quietly mutate "$image:$arch" -t "$image:$arch" --set-platform "linux/$arch" --entrypoint /midgate --cmd serve --user 65532:65532 \
		--exposed-ports 8080/tcp --env MIDGATE_DATA_DIR=/data --env TMPDIR=/data \
		--label "org.opencontainers.image.version=$version" --label "org.opencontainers.image.revision=$commit" \
		--label org.opencontainers.image.licenses=MIT --label org.opencontainers.image.title=midgate
	"$crane" config "$image:$arch" | sed "s|\"config\":{|&$health,|" | quietly edit config "$image:$arch" -t "$image:$arch"
	quietly validate --remote "$image:$arch"
	quietly pull --format=tarball "$image:$arch" "$work/$arch-load.tar"
	# There it has the name of this registry, which ends with this script.
	mkdir "$work/load"
	tar -C "$work/load" -xf "$work/$arch-load.tar"
	sed -i "s|\"$image:$arch\"|\"midgate:latest\",\"midgate:$version\"|" "$work/load/manifest.json"
	(cd "$work/load" && tar --mtime=@0 --format=ustar --owner=0 --group=0 --numeric-owner -cf "$work/$arch-load.tar" -- *)
	mv "$work/$arch-load.tar" "$bin/midgate-image-$arch.tar"
	rm -r "$work/load"
done
quietly index append -m "$image:amd64" -m "$image:arm64" -t "$image:all"
rm -rf "$bin/image"
quietly pull --format=oci "$image:all" "$bin/image"
echo "bin/image: $("$crane" digest "$image:all")"
