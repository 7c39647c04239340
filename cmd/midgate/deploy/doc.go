// Package deploy is what midgate is installed by, and has no code: the image's build (image.sh), packages for Linux (nfpm.yaml and
// package), a Helm chart (chart), a dashboard and alert rules. Its tests hold all of it to the settings that midgate knows; those
// with the tag ship build, install and run it, by `make ship`.
package deploy
