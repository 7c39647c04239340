package web

import (
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/body"
)

// ownInWords finds pictures that midgate made among words: addresses, under any host or none, also as a link in Markdown, and
// IDs that stand alone. Its groups are the address in a link, alone, without a host or the ID.
var ownInWords = regexp.MustCompile(`!?\[[^\]\n]{0,200}\]\(\s*(` + body.OwnAddress + `|` + body.OwnPath + `|` + body.OwnID + `)\s*\)|(` + body.OwnAddress + `)|(?:^|\s)(` + body.OwnPath + `|` + body.OwnID + `\b)`)

// inParameters tells that what follows belongs to a parameter, such as --sref.
var inParameters = regexp.MustCompile(`(?:^|\s)(?:--|[—–―])\pL`)

// ResolveWords settles our own pictures among a request's words: the upstream cannot reach them, or not for long. attach
// takes those that are no parameter's out of the words, as references; any other becomes an address that it can reach. A
// picture that is not among its key's is an error.
func (s sources) ResolveWords(c *gin.Context, words string, attach bool) (text string, refs []adapter.Reference, err error) {
	found := ownInWords.FindAllStringSubmatchIndex(words, -1)
	if found == nil {
		return words, nil, nil
	}
	var b strings.Builder
	last := 0
	for _, m := range found {
		begin, from, to := m[0], max(m[2], m[4], m[6]), max(m[3], m[5], m[7]) // one of the groups; the others are -1
		address, _, _ := strings.Cut(words[from:to], "?")
		id, _, _ := strings.Cut(address[strings.LastIndex(address, "/")+1:], ".")
		if attach && !inParameters.MatchString(words[:begin]) {
			ref, err := s.Resolve(c, body.Source{Param: "prompt", Text: id})
			if err != nil {
				return "", nil, err
			}
			refs = append(refs, ref)
			b.WriteString(words[last:begin])
		} else {
			reachable, err := s.referenceAddress(c, &body.Body{}, "prompt", id)
			if err != nil {
				return "", nil, body.Blame(err, "prompt")
			}
			if from == m[6] {
				begin = from // what is before it is no part of it
			}
			b.WriteString(words[last:begin] + reachable)
		}
		last = m[1]
	}
	b.WriteString(words[last:])
	return strings.TrimSpace(b.String()), refs, nil
}

// AttachWords is ResolveWords for a request that takes pictures along: they become its references.
func (s sources) AttachWords(c *gin.Context, g *adapter.Generation) error {
	words, refs, err := s.ResolveWords(c, g.Prompt, true)
	if err != nil {
		return err
	}
	if words == "" && len(refs) == 1 {
		return adapter.BadParam("prompt", "empty_string", "The prompt is only the address of a picture: it needs words as well.")
	}
	g.Prompt, g.References = words, append(g.References, refs...)
	return nil
}

// FrameInWords is ResolveWords for a video: the picture becomes the one that it begins with. A video that begins with
// another one is left as it is; addresses in its words are refused.
func (s sources) FrameInWords(c *gin.Context, f *adapter.VideoRequest) error {
	if f.Input != nil {
		return nil
	}
	words, refs, err := s.ResolveWords(c, f.Prompt, true)
	switch {
	case err != nil:
		return err
	case len(refs) > 1:
		return adapter.BadParam("prompt", "invalid_value", "A video begins with one picture: name one of them.")
	case len(refs) == 1:
		f.Input = &refs[0]
	}
	f.Prompt = words
	return nil
}

// ReachableWords is ResolveWords for a request that takes no pictures along.
func (s sources) ReachableWords(c *gin.Context, words *string) (err error) {
	*words, _, err = s.ResolveWords(c, *words, false)
	return err
}
