// Package config reads midgate's settings from the environment and a YAML file and fills the
// packages' own Config types with them. It knows every default and reports all mistakes at once; nothing else in
// midgate reads the environment. It opens nothing and connects to nothing.
package config
