#!/bin/sh
# /var/lib/midgate stays, whatever is removed or purged: there are the pictures that were paid for, and jobs that are not finished.
set -e
[ ! -d /run/systemd/system ] || systemctl daemon-reload
if [ "$1" = purge ] && [ -d /var/lib/midgate ]; then
	echo "midgate: state and pictures stay in /var/lib/midgate, with the user midgate who owns them"
fi
