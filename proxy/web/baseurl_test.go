package web

import "testing"

func TestHostsThatOthersMayNotReach(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost:8080": true, "127.0.0.1": true, "192.168.0.7:80": true, "[::1]:80": true, "midgate": true, "10.0.0.1": true, "169.254.0.1": true,
		"pictures.example": false, "93.184.216.34:8080": false, "[2606:2800:220:1::1]": false,
	} {
		if got := private(host); got != want {
			t.Errorf("private(%q) = %v, want %v", host, got, want)
		}
	}
}
