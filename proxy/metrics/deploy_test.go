package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// expressions are those of the dashboard and of the alert rules, with the labels that their words name.
func expressions(t *testing.T) (all []expression) {
	t.Helper()
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr, LegendFormat string }
		}
	}
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations map[string]string
			}
		}
	}
	read(t, "grafana.json", json.Unmarshal, &board)
	read(t, "alerts.yaml", func(raw []byte, v any) error { return yaml.Unmarshal(raw, v) }, &rules)
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			all = append(all, expression{p.Title, target.Expr, regexp.MustCompile(`{{(\w+)}}`).FindAllStringSubmatch(target.LegendFormat, -1)})
		}
	}
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			all = append(all, expression{r.Alert, r.Expr, regexp.MustCompile(`\$labels\.(\w+)`).FindAllStringSubmatch(r.Annotations["summary"]+r.Annotations["description"], -1)})
		}
	}
	return all
}

// expression is one of PromQL, where it stands and which labels of its result are shown.
type expression struct {
	where, text string
	shown       [][]string
}

func read(t *testing.T, file string, decode func([]byte, any) error, v any) {
	t.Helper()
	text, err := os.ReadFile("../../cmd/midgate/deploy/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := decode(text, v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// families are all metrics and their labels.
func families() map[string][]string {
	described := make(chan *prometheus.Desc, 1000)
	New().registry.Describe(described)
	close(described)
	known := map[string][]string{"up": {"job", "instance"}}
	about := regexp.MustCompile(`fqName: "(\w+)".*variableLabels: {([\w,]*)}`)
	for d := range described {
		if m := about.FindStringSubmatch(d.String()); m != nil {
			known[m[1]] = strings.Split(m[2], ",")
		}
	}
	return known
}

// TestDashboardAndAlertsNameWhatThereIs: Prometheus' own parser understands each expression, and its metrics and labels
// are there. A panel over a metric that nobody writes stays empty, and its alert silent.
func TestDashboardAndAlertsNameWhatThereIs(t *testing.T) {
	known, all := families(), expressions(t)
	if len(all) < 25 || len(known) < 30 {
		t.Fatalf("there are %d expressions over %d metrics", len(all), len(known))
	}
	for _, e := range all {
		parsed, err := parser.ParseExpr(e.text)
		if err != nil {
			t.Errorf("%s: %s: %v", e.where, e.text, err)
			continue
		}
		var has []string
		parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
			if s, ok := node.(*parser.VectorSelector); ok {
				of, ok := known[family(s.Name)]
				if !ok {
					t.Errorf("%s names %s, which nobody writes", e.where, s.Name)
				}
				of = append(slices.Clone(of), "le")
				has = append(has, of...)
				for _, m := range s.LabelMatchers {
					if m.Name != labels.MetricName && !slices.Contains(of, m.Name) {
						t.Errorf("%s: %s has no label %s", e.where, s.Name, m.Name)
					}
				}
			}
			return nil
		})
		parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
			if sum, ok := node.(*parser.AggregateExpr); ok {
				for _, label := range sum.Grouping {
					if !slices.Contains(has, label) {
						t.Errorf("%s adds up by %s, which %s does not have", e.where, label, sum.Expr)
					}
				}
				has = sum.Grouping
			}
			return nil
		})
		for _, label := range e.shown {
			if !slices.Contains(has, label[1]) {
				t.Errorf("%s shows the label %s, which %s does not have", e.where, label[1], e.text)
			}
		}
	}
}

// family is the metric behind the series of a histogram.
func family(name string) string {
	if strings.HasPrefix(name, "midgate_") {
		return regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(name, "")
	}
	return name
}
