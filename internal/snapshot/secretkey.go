package snapshot

import (
	"slices"
	"strings"
)

// secretWords are what a key says, letters and digits only and in lower case,
// when its value is a secret.
func secretWords() []string {
	return []string{
		"password", "passwd", "passphrase", "passcode", "pwd", "token", "secret", "privatekey", "apikey",
		"accesskey", "authkey", "signingkey", "encryptionkey", "sharedkey", "credential", "presharedkey", "preshared",
		"plexclaim", "authorization", "bearer", "cookie", "kubeconfig", "macaroon",
	}
}

// harmlessEndings are the last words of keys that speak about a secret without
// holding it: api-key-rotation, secret-name, token-ttl.
func harmlessEndings() []string {
	return []string{
		"rotation", "ttl", "expiry", "expires", "expiration", "expirationseconds", "period", "interval", "policy", "enabled", "length",
		"name", "names", "path", "mount", "file", "type", "kind", "count", "scope", "namespace", "class", "audience", "audiences",
	}
}

// secretKey tells whether the value of a key of this name is a secret.
func secretKey(key string) bool {
	if len(key) < 3 {
		return false
	}
	if slash := strings.LastIndexByte(key, '/'); slash >= 0 && slash < len(key)-1 {
		key = key[slash+1:] // the domain of a label says nothing of its value
	}
	squeezed, last := squeeze(key)
	found := squeezed == "claim" || squeezed == "psk" || squeezed == "auth"
	for _, word := range secretWords() {
		if found {
			break
		}
		found = strings.Contains(squeezed, word)
	}
	if !found {
		return false
	}
	return !slices.Contains(harmlessEndings(), last)
}

// squeeze returns a key's letters and digits in lower case, and the last of
// its words. Words end at a sign or where camelCase turns.
func squeeze(key string) (squeezed, last string) {
	buf := make([]byte, 0, len(key))
	start, lower := 0, false
	for i := range len(key) {
		c := key[i]
		switch {
		case 'A' <= c && c <= 'Z':
			if lower {
				start = len(buf)
			}
			buf, lower = append(buf, c+'a'-'A'), false
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			if i > 0 && !isAlphanumeric(key[i-1]) {
				start = len(buf)
			}
			buf, lower = append(buf, c), true
		default:
			lower = false
			if i+1 < len(key) && isAlphanumeric(key[i+1]) {
				start = len(buf)
			}
		}
	}
	return string(buf), string(buf[start:])
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
