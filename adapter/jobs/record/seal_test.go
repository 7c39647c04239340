package record

import (
	"bytes"
	"testing"
)

func TestEncryptKey(t *testing.T) {
	secret := bytes.Repeat([]byte{7}, 32)
	sealed := EncryptKey(secret, "job_1", "sesame")
	if bytes.Contains(sealed, []byte("sesame")) {
		t.Error("the key is readable in the record")
	}
	if key, err := DecryptKey(secret, "job_1", sealed); key != "sesame" || err != nil {
		t.Errorf("DecryptKey() = %q, %v, want sesame", key, err)
	}
	if EncryptKey(secret, "job_1", "") != nil {
		t.Error("something is sealed where there is no key")
	}
	for name, wrong := range map[string]func() (string, error){
		"another secret":    func() (string, error) { return DecryptKey(bytes.Repeat([]byte{8}, 32), "job_1", sealed) },
		"another job's":     func() (string, error) { return DecryptKey(secret, "job_2", sealed) },
		"cut":               func() (string, error) { return DecryptKey(secret, "job_1", sealed[:5]) },
		"cut after a while": func() (string, error) { return DecryptKey(secret, "job_1", sealed[:len(sealed)-1]) },
	} {
		if key, err := wrong(); err == nil {
			t.Errorf("%s: DecryptKey() = %q, want an error", name, key)
		}
	}
}
