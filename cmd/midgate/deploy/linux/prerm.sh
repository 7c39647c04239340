#!/bin/sh
# Stops midgate when it is removed; an upgrade restarts it afterwards.
set -e
case "$1" in
upgrade | 1) exit 0 ;;
esac
if [ -d /run/systemd/system ]; then
	systemctl disable --now midgate.service || true
fi
