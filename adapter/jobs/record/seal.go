package record

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
)

// EncryptKey encrypts a client's own upstream key for the record of its job, so that the job can be resumed without the
// key ever being readable in the state. Nothing is sealed where there is no key.
func EncryptKey(secret []byte, jobID, key string) []byte {
	if key == "" {
		return nil
	}
	aead := sealer(secret)
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: it ends the program instead
	return aead.Seal(nonce, nonce, []byte(key), []byte(jobID))
}

// DecryptKey is the way back; an error if the secret is another one.
func DecryptKey(secret []byte, jobID string, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	aead := sealer(secret)
	if len(sealed) < aead.NonceSize() {
		return "", errors.New("the sealed key is too short")
	}
	key, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(jobID))
	return string(key), err
}

func sealer(secret []byte) cipher.AEAD {
	key := sha256.Sum256(secret)
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // 32 bytes are always a key
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES always has GCM
	}
	return aead
}
