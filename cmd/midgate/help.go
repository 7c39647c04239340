package main

import (
	"context"
	"fmt"
	"strings"
)

// help lists the commands and topics, or tells of one.
func help(ctx context.Context, p program, args []string) error {
	if len(args) > 0 {
		return p.explain(ctx, args[0])
	}
	p.print("midgate lets programs that speak OpenAI's image API draw with Midjourney.\n\n")
	for _, c := range commands() {
		p.print("  midgate %-12s %s\n", c.name, c.does)
		if c.usage != "" {
			p.print("  %20s %s\n", "", c.usage)
		}
	}
	p.print("\nmidgate help COMMAND explains a command's flags, midgate help TOPIC tells all of a topic:\n\n")
	for _, t := range topics {
		p.print("  midgate help %-12s %s\n", t.name, t.about)
	}
	return nil
}

// explain says what a command does, and its flags; or tells of a topic.
func (p program) explain(ctx context.Context, name string) error {
	for _, t := range topics {
		if t.name == name {
			p.print("%s", t.text())
			return nil
		}
	}
	for _, c := range commands() {
		if c.name != name {
			continue
		}
		p.print("%s\n%s\n", strings.TrimSpace("midgate "+c.name+" "+c.usage), c.does)
		if c.name == "help" {
			return nil
		}
		p.err = p.out // it was asked for, so it is no complaint
		return c.run(ctx, p, []string{"-h"})
	}
	return fmt.Errorf("%q is no command and no topic; midgate help lists them", name)
}
