#!/bin/sh
# Nothing is started at the first installation: midgate needs to be told its upstream first. A newer version replaces a running one.
# The folder of state and pictures is made here and is no part of the package, so that no removal takes it along.
set -e
[ -d /var/lib/midgate ] || { mkdir -p /var/lib/midgate && chmod 0750 /var/lib/midgate && chown midgate:midgate /var/lib/midgate; }
# apk knows no owners by name while it unpacks
chown root:midgate /etc/midgate/midgate.yaml
if [ -d /run/systemd/system ]; then
	systemctl daemon-reload
	systemctl try-restart midgate.service
fi
case "$1" in
configure) first=$([ -n "$2" ] || echo yes) ;; # dpkg: the version that was there before
1) first=yes ;;                                # rpm: how many versions there are now
*) first= ;;
esac
[ -z "$first" ] || echo "midgate: say in /etc/midgate/midgate.yaml which upstream to use, then: systemctl enable --now midgate"
