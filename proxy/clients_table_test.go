package proxy

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// tally collects the cells of the table of clients and operations.
type tally struct {
	mu    sync.Mutex
	cells map[[2]string][]string
}

func newTally() *tally { return &tally{cells: map[[2]string][]string{}} }

// add tells what an operation that went well cost; a further cost is of a further dialect.
func (y *tally) add(client, operation, cost string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.cells[[2]string{client, operation}] = append(y.cells[[2]string{client, operation}], cost)
}

// lack says why a client has no such operation.
func (y *tally) lack(client, operation, reason string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.cells[[2]string{client, operation}] = []string{"– (" + reason + ")"}
}

// holds compares the table of some clients with the one that is kept; -update rewrites it.
func (y *tally) holds(t *testing.T, file string, columns []string, has func(client) bool) {
	t.Helper()
	got := y.table(columns, has)
	path := filepath.Join("testdata", "clients", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s = \n%swant\n%s", file, got, want)
	}
}

// table is the whole in Markdown.
func (y *tally) table(columns []string, has func(client) bool) string {
	var b strings.Builder
	b.WriteString("| client | " + strings.Join(columns, " | ") + " |\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, c := range clients {
		if !has(c) {
			continue
		}
		b.WriteString("| " + c.name + " |")
		for _, column := range columns {
			b.WriteString(" " + cell(y.cells[[2]string{c.name, column}]) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cell has one cost for each dialect where they differ.
func cell(costs []string) string {
	switch {
	case len(costs) == 0:
		return "failed"
	case strings.HasPrefix(costs[0], "–"):
		return costs[0]
	}
	all := strings.Join(costs, " / ")
	if strings.Count(all, costs[0]) == len(costs) {
		all = costs[0]
	}
	return "ok · " + all
}

func jobs(n int) string {
	if n == 1 {
		return "1 job"
	}
	return fmt.Sprintf("%d jobs", n)
}
