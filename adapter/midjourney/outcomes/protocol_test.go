package outcomes

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"midgate/adapter"
)

var update = flag.Bool("update", false, "print the table of PROTOCOL.md")

// clientSees is the HTTP status and code with which a kind reaches a client, for the page that people look errors up in.
var clientSees = map[adapter.Kind]string{
	adapter.Moderated: "400 `content_policy_violation`", adapter.Invalid: "400 `invalid_value`", adapter.TooLarge: "413 `request_too_large`",
	adapter.NotFound: "404 `not_found`", adapter.Busy: "429 `rate_limit_exceeded`", adapter.Unsupported: "400 `unsupported`",
	adapter.Unavailable: "503 `overloaded`", adapter.Credit: "402 `insufficient_quota`", adapter.UpstreamAuth: "502 `upstream_auth`",
	adapter.Failed: "502 `upstream_error`", adapter.Cancelled: "400 `job_cancelled`", adapter.Ambiguous: "502 `upstream_ambiguous`",
}

// protocolTitle begins the half of the page that is printed; what is before it is written by hand.
const protocolTitle = "# How upstreams say no, and what becomes of it\n"

const protocolHead = protocolTitle + `
Look up what the upstream said, or what midgate answered. This half of the page is printed from the table in ` + "`outcomes/sayings.go`" + ` (` +
	"`go test ./adapter/midjourney/outcomes -run TestProtocolPage -update`" + `).

How a text is read: a title counts first, which is what a text begins with or has in brackets; then whole words of the rest.
What the text repeats of the request, in quotation marks or not, links and parameters decide nothing. Words count before
codes, and codes before HTTP statuses.

- **Elsewhere**: with several upstreams midgate gives the job to another one, as nothing was created.
- **Waits**: how long midgate waits before it asks the same upstream again, within the client's patience; for a minute in all where
  the status is 429.
- **A job may exist**: midgate looks for it and never submits it again by itself. Everywhere else it is certain that a refused
  submission created nothing. A job that failed is not paid again by midgate; whether the upstream gives the money back is its affair.
- Behind a server's error (status 500 and more) most words leave open whether a job exists; then it may.
- A **page** in place of an answer (HTML, a challenge, ` + "`error code: 1020`" + `, a firewall's header) is 503 ` + "`overloaded`" + `: something before the
  upstream answered. Behind a page with status 200 or 5xx that is no challenge, a job may exist. A page in place of an optional
  route (edits, video, shorten) means that the upstream does not have it.
- An answer that **names a task** is believed whatever else it says: code 1, 21 or 22 with a ` + "`result`" + `, under any status, with a
  byte order mark, without its end. Code 21 that names an earlier task is that task.
- Every upstream draws: an imagine that is answered with 404, 405 or 501 was sent where no upstream is now, 503 ` + "`overloaded`" + `.
- With callers' own keys a refused key is 401 or 403 instead of 502.

`

// protocolPage prints the table.
func protocolPage() string {
	var b strings.Builder
	b.WriteString(protocolHead)
	for _, section := range []struct {
		in    place
		title string
	}{{inAnswers, "Answers to a submission"}, {inTasks, "Reasons of failed tasks"}} {
		fmt.Fprintf(&b, "## %s\n\n| the upstream says | the client gets | whose doing | elsewhere | waits | what it means |\n|---|---|---|---|---|---|\n", section.title)
		for _, l := range sayings {
			if l.in&section.in != 0 {
				b.WriteString(protocolRow(l, section.in))
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("Everything else: a refusal with 4xx is 400 `invalid_value`; an `error` with status 200 is 502 `upstream_error`; a failed task is 502\n`upstream_error`; any other answer leaves open whether a job exists, 502 `upstream_ambiguous`.\n")
	return b.String()
}

func protocolRow(l saying, in place) string {
	var says []string
	for _, w := range append(slices.Clone(l.titles), l.words...) {
		says = append(says, "`"+w+"`")
	}
	when := ""
	if len(l.statuses) > 0 {
		when = " with status " + numbersOf(l.statuses)
	}
	if len(l.codes) > 0 {
		when += " with code " + numbersOf(l.codes)
	}
	if len(says) == 0 {
		when = "anything else" + when
	}
	sees := clientSees[l.means.kind]
	if l.means.param != "" {
		sees += " about `" + l.means.param + "`"
	}
	elsewhere, waits := "no", "no"
	if l.means.elsewhere && in == inAnswers {
		elsewhere = "yes"
	}
	if l.means.pause > 0 && in == inAnswers {
		waits = l.means.pause.String()
		if l.means.patience > 0 {
			waits += ", for a minute at most"
		}
	}
	if l.means.unknown {
		elsewhere = "no: a job may exist"
	}
	return fmt.Sprintf("| %s%s | %s | %s | %s | %s | %s |\n", strings.Join(says, ", "), when, sees, l.means.blame, elsewhere, waits, l.means.says)
}

func numbersOf(list []int) string {
	var out []string
	for _, n := range list {
		out = append(out, strconv.Itoa(n))
	}
	return strings.Join(out, ", ")
}

func TestProtocolPage(t *testing.T) {
	page, err := os.ReadFile("../PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	facts, printed, found := strings.Cut(string(page), protocolTitle)
	if !found || strings.TrimSpace(facts) == "" {
		t.Fatalf("PROTOCOL.md has no facts before %q", protocolTitle)
	}
	want := protocolPage()
	if *update {
		if err := os.WriteFile("../PROTOCOL.md", []byte(facts+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if protocolTitle+printed != want {
		t.Error("the table of PROTOCOL.md is not that of sayings.go; print it with -update")
	}
}
