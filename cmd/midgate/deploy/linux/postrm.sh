#!/bin/sh
# /var/lib/midgate stays, whatever is removed: the pictures in it are paid for.
set -e
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
fi
