#!/bin/sh
# The settings hold keys: only root and midgate may read them. midgate is started by whoever has written them.
set -e
chown root:midgate /etc/midgate/midgate.yaml
chmod 0640 /etc/midgate/midgate.yaml
if [ ! -d /var/lib/midgate ]; then
	mkdir -p /var/lib/midgate
	chown midgate:midgate /var/lib/midgate
	chmod 0750 /var/lib/midgate
fi
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart midgate.service || true
fi
