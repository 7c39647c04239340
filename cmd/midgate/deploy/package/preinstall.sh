#!/bin/sh
# The user that midgate runs as. It is never removed: it owns pictures that were paid for.
set -e
if command -v useradd >/dev/null; then
	getent group midgate >/dev/null || groupadd --system midgate
	getent passwd midgate >/dev/null || useradd --system --gid midgate --home-dir /var/lib/midgate --no-create-home --shell /usr/sbin/nologin midgate
else # Alpine
	getent group midgate >/dev/null || addgroup -S midgate
	getent passwd midgate >/dev/null || adduser -S -D -H -h /var/lib/midgate -s /sbin/nologin -G midgate midgate
fi
