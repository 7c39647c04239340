package outcomes

import (
	"net/http"
	"regexp"

	"midgate/adapter/midjourney/wire"
)

// challengePattern finds what protections against robots say: pages that a browser would have to solve, and the numbers
// of refusals that never reached the server.
var challengePattern = regexp.MustCompile(`(?i)just a moment|attention required!|challenge-platform|_cf_chl|cf-chl|captcha-delivery|error code: 10\d\d|aliyun_waf|request blocked by waf|` +
	`checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|ddos-guard|_incapsula_resource|px-captcha|` +
	`challenges\.cloudflare\.com|geo\.captcha|awswafintegration|网站防火墙|人机验证|安全验证|请求.{0,12}拦截`)

// Challenged recognises an answer of something that keeps robots out.
func Challenged(status int, header http.Header, body []byte) bool {
	for _, name := range []string{"Cf-Mitigated", "X-Amzn-Waf-Action", "X-Datadome", "X-Sucuri-Block"} {
		if header.Get(name) != "" {
			return true
		}
	}
	_, json := wire.DecodeAnswer(body)
	return !json && status != http.StatusTooManyRequests && challengePattern.Match(body[:min(len(body), 64<<10)])
}
