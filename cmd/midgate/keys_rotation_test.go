package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A key that is replaced in the file is the same person's: the pictures are there, and what was spent is.
func TestKeysFile_ARotatedKeyKeepsPicturesAndSpend(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys.yaml")
	line := func(hashes string) string {
		return "keys: [{name: carol, hash: [" + hashes + "], budget: {total: {jobs: 1}}}]"
	}
	before, after := "'"+hashed("carols-old-key")+"'", "'"+hashed("carols-new-key")+"'"
	writeFile(t, file, line(before))
	u := startPair(t, []string{"--pace", "300ms"}, "MIDGATE_KEYS_FILE="+file)
	var d drawn
	ask(t, u.url+"/v1/images/generations", "carols-old-key", `{"prompt": "a red fox", "response_format": "url"}`).into(t, &d)
	for _, hashes := range []string{before + ", " + after, after} {
		writeFile(t, file, line(hashes))
		if err := u.gate.cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the file is read again", func() bool {
			return ask(t, u.url+"/v1/models", "carols-new-key", "").status == 200 && (ask(t, u.url+"/v1/models", "carols-old-key", "").status == 200) == strings.Contains(hashes, before)
		})
		if a := ask(t, u.url+"/v1/images/"+d.Data[0].ID, "carols-new-key", ""); a.status != 200 {
			t.Errorf("a picture of before is answered %d: %s", a.status, a.body)
		}
		a := ask(t, u.url+"/v1/images/generations", "carols-new-key", `{"prompt": "a blue fox", "response_format": "url"}`)
		if a.status != 402 || !strings.Contains(string(a.body), "key carol has used 1 of 1 jobs in all") {
			t.Errorf("a second picture is answered %d: %s", a.status, a.body)
		}
	}
}
