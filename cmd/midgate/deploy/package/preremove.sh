#!/bin/sh
# Stops midgate when it goes, not when a newer version comes: that one restarts it. What is unfinished goes on at the next start.
set -e
case "$1" in
upgrade | failed-upgrade | deconfigure | 1) exit 0 ;; # dpkg; rpm: how many versions stay
esac
if [ -d /run/systemd/system ]; then
	systemctl disable --now midgate.service
elif command -v rc-service >/dev/null; then
	rc-service --ifstarted midgate stop
	rc-update -q del midgate || true
fi
