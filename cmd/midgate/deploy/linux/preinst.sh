#!/bin/sh
# The account that midgate runs as. It has no home of its own beside its data, and no shell.
set -e
if ! getent group midgate >/dev/null; then
	if command -v groupadd >/dev/null; then groupadd --system midgate; else addgroup -S midgate; fi
fi
if ! getent passwd midgate >/dev/null; then
	if command -v useradd >/dev/null; then
		useradd --system --gid midgate --home-dir /var/lib/midgate --no-create-home --shell /usr/sbin/nologin midgate
	else
		adduser -S -D -H -h /var/lib/midgate -s /sbin/nologin -G midgate midgate
	fi
fi
